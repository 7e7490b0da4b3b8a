import assert from "node:assert/strict";
import { waitsFor } from "../support/graph";
import { called, object, objects, workloads, type Workload } from "../support/objects";
import type { Recording } from "../support/recording";
import { recordStack } from "../support/stacks";
import { packConfig, resourcesOf, violations } from "./policies/packs";

const CLOSED = { listeners: { internal: { authentication: "tls" } } };
const CERTIFICATES = "kafka-stack:certificates:Certificates";

/** What the Jobs are told of another authority. */
interface Exchange {
  readonly patienceSeconds: number;
  readonly waitSeconds: number;
}

/** Workloads that connect to Kafka: all but those for certificates and for directories on nodes. */
const clients = (recording: Recording): Workload[] =>
  workloads(recording).filter(({ resource: { parent = "" } }) => !/:(Certificates|VolumeDirectories)::/.test(parent));

/** The Secret with the certificate that a workload should have. */
function secretOf({ metadata }: Workload): string {
  const role = metadata.labels?.["app.kubernetes.io/component"] ?? "";
  return `kafka-tls-${role}`;
}

for (const stack of ["dev", "storageclass"]) {
  describe(`The stack ${stack}, closed by certificates`, () => {
    it("has TLS on every listener, and lets in nobody without a certificate", async () => {
      const recording = await recordStack(stack, { set: CLOSED });
      const { resource } = object(recording, "ConfigMap", "kafka-config");
      const text = (resource.inputs["data"] as Record<string, string>)["server.properties"] ?? "";
      const map = /^listener\.security\.protocol\.map=(.*)$/m.exec(text)?.[1]?.split(",") ?? [];
      assert.equal(map.length, 4);
      for (const listener of map) assert.match(listener, /:SSL$/);
      assert.match(text, /^ssl\.client\.auth=required$/m);
      assert.match(text, /^ssl\.endpoint\.identification\.algorithm=https$/m);
      assert.match(text, /^ssl\.enabled\.protocols=TLSv1\.3,TLSv1\.2$/m);
      assert.doesNotMatch(text, /PLAINTEXT/);
    });

    it("has an authorizer from the first start, and no super user but servers and operations", async () => {
      const { resource } = object(await recordStack(stack, { set: CLOSED }), "ConfigMap", "kafka-config");
      const text = (resource.inputs["data"] as Record<string, string>)["server.properties"] ?? "";
      assert.match(text, /^authorizer\.class\.name=kafkastack\.StackAuthorizer$/m);
      assert.match(text, /^allow\.everyone\.if\.no\.acl\.found=false$/m);
      assert.match(text, /^super\.users=User:kafka-broker;User:kafka-controller;User:kafka-ops$/m);
    });

    it("hands users to the Jobs, and their certificates to the namespaces that they name", async () => {
      const users = [
        { name: "orders", rights: [{ topic: "chatroom", group: "app", allow: ["consume"] }] },
        {
          name: "billing",
          rights: [{ topic: "chatroom", allow: ["produce"] }],
          quotas: { producerByteRate: 1048576 },
          secret: { namespace: "billing", name: "kafka" },
        },
      ];
      const recording = await recordStack(stack, { set: { ...CLOSED, users } });
      const [document] = objects(recording, "ConfigMap").flatMap(({ resource }) => {
        const text = (resource.inputs["data"] as Record<string, string> | undefined)?.["cluster.json"];
        return text === undefined ? [] : [JSON.parse(text) as { users: { name: string; quotas: object }[] }];
      });
      assert.deepEqual(
        document?.users.map(({ name }) => name),
        ["kafka-kproducer", "kafka-kconsumer", "kafka-chat", "kafka-lag-exporter", "kafka-client", "orders", "billing"],
      );
      assert.deepEqual(document.users.at(-1)?.quotas, { producer_byte_rate: 1048576 });
      const there = object(recording, "Role", "kafka-certificates-kafka").resource.inputs;
      assert.deepEqual(there["metadata"] && (there["metadata"] as { namespace: string }).namespace, "billing");
      assert.deepEqual(there["rules"], [
        { apiGroups: [""], resources: ["secrets"], resourceNames: ["kafka"], verbs: ["get", "update"] },
        { apiGroups: [""], resources: ["secrets"], verbs: ["create"] },
      ]);
      const here = object(recording, "Role", "kafka-certificates").resource.inputs["rules"];
      assert.match(JSON.stringify(here), /"kafka-user-orders"/);
      assert.doesNotMatch(JSON.stringify(here), /billing/);
    });

    it("has a listener for passwords, beside those for certificates, for users with passwords alone", async () => {
      const of = async (...more: readonly object[]) => {
        const users = [{ name: "orders", rights: [{ topic: "chatroom", allow: ["produce"] }] }, ...more];
        return recordStack(stack, { set: { ...CLOSED, users } });
      };
      const propertiesOf = (recording: Recording) => {
        const { resource } = object(recording, "ConfigMap", "kafka-config");
        return (resource.inputs["data"] as Record<string, string>)["server.properties"] ?? "";
      };
      const without = await of();
      assert.doesNotMatch(JSON.stringify(without.resources.map(({ inputs }) => inputs)), /scram|9096|passwords/i);
      const user = { name: "billing", authentication: "scram-sha-512", rotate: 2, secret: { namespace: "billing" } };
      const recording = await of({ ...user, rights: [{ topic: "chatroom", allow: ["produce"] }] });
      const added = propertiesOf(recording)
        .split("\n")
        .filter((line) => !propertiesOf(without).split("\n").includes(line));
      assert.deepEqual(added, [
        "listener.name.scram.principal.builder.class=kafkastack.PasswordPrincipalBuilder",
        "listener.name.scram.sasl.enabled.mechanisms=SCRAM-SHA-512",
        "listener.name.scram.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;",
        "listener.name.scram.ssl.client.auth=none",
        "listener.security.protocol.map=CLIENT:SSL,INTERNAL:SSL,EXTERNAL:SSL,CONTROLLER:SSL,SCRAM:SASL_SSL",
      ]);
      const text = JSON.stringify(object(recording, "Service", "kafka-bootstrap").resource.inputs["spec"]);
      assert.match(text, /"ports":\[\{"name":"client","port":9092\},\{"name":"scram","port":9096\}\]/);
      const policy = JSON.stringify(object(recording, "NetworkPolicy", "broker").resource.inputs["spec"]);
      assert.match(policy, /\{"port":9092,"protocol":"TCP"\},\{"port":9096,"protocol":"TCP"\}/);
      const job = object(recording, "Job", "certificates");
      const [told = ""] = (job.resource.inputs["spec"] as { template: { spec: { containers: { args: string[] }[] } } })
        .template.spec.containers[0]?.args ?? [""];
      const { scram, holders } = JSON.parse(told) as { scram: object; holders: object };
      assert.deepEqual(scram, {
        store: "kafka-passwords",
        users: {
          "billing/kafka-user-billing": { name: "billing", generation: 2, bootstrap: "kafka-bootstrap.kafka.svc:9096" },
        },
      });
      assert.doesNotMatch(JSON.stringify(holders), /billing/);
    });

    it("takes passwords outside where the stack says so, and certificates no longer", async () => {
      const user = { name: "orders", authentication: "scram-sha-512" };
      const users = [{ ...user, rights: [{ topic: "chatroom", allow: ["produce"] }] }];
      const external = { enabled: true, authentication: "scram-sha-512" };
      const recording = await recordStack(stack, { set: { ...CLOSED, users, kafka: { external } } });
      const { resource } = object(recording, "ConfigMap", "kafka-config");
      const text = (resource.inputs["data"] as Record<string, string>)["server.properties"] ?? "";
      assert.match(text, /CLIENT:SSL,INTERNAL:SSL,EXTERNAL:SASL_SSL,CONTROLLER:SSL,SCRAM:SASL_SSL$/m);
      assert.match(text, /^listener\.name\.external\.sasl\.enabled\.mechanisms=SCRAM-SHA-512$/m);
      assert.match(text, /^listener\.name\.external\.principal\.builder\.class=kafkastack\.PasswordPrincipalBuilder$/m);
      const checked = JSON.stringify(object(recording, "Job", "broker-config-check").resource.inputs["spec"]);
      assert.match(checked, /EXTERNAL:SASL_SSL/);
    });

    it("shows the passwords to the Job that tells them to Kafka, and to nobody else", async () => {
      const user = { name: "orders", authentication: "scram-sha-512" };
      const users = [{ ...user, rights: [{ topic: "chatroom", allow: ["produce"] }] }];
      const recording = await recordStack(stack, { set: { ...CLOSED, users } });
      const withPasswords = workloads(recording).filter(({ pod }) =>
        pod.volumes?.some(({ secret }) => secret?.secretName === "kafka-passwords"),
      );
      assert.deepEqual(
        withPasswords.map(({ resource }) => called(resource)),
        [called(object(recording, "Job", "finish").resource)],
      );
      const names = ["kafka-ca", "kafka-passwords", "kafka-user-orders"];
      const rules = JSON.stringify(object(recording, "Role", "kafka-certificates").resource.inputs["rules"]);
      for (const name of names) assert.ok(rules.includes(`"${name}"`), name);
    });

    it("gives each connecting program its own certificate, as a directory, once it exists", async () => {
      const recording = await recordStack(stack, { set: CLOSED });
      const ready = object(recording, "Job", "certificates").resource.urn;
      const all = clients(recording);
      assert.ok(all.length > 7, `${all.length} workloads`);
      for (const workload of all) {
        const { resource, pod } = workload;
        const { name } = pod.volumes?.find(({ secret }) => secret?.secretName === secretOf(workload)) ?? {};
        const [container] = pod.containers;
        assert.ok(name, `${called(resource)} has no certificate`);
        const mount = container?.volumeMounts?.find((one) => one.name === name);
        assert.deepEqual(mount, { name, mountPath: "/etc/kafka-tls", readOnly: true });
        assert.equal(container?.env?.find((one) => one.name === "KAFKA_TLS_DIR")?.value, "/etc/kafka-tls");
        if (workload.kind !== "PodTemplate") assert.ok(waitsFor(recording, resource).has(ready), called(resource));
      }
    });

    it("has no key in its state, and gives the certificates' Job no other rights", async () => {
      const recording = await recordStack(stack, { set: CLOSED });
      assert.doesNotMatch(JSON.stringify(recording.resources.map(({ inputs }) => inputs)), /PRIVATE KEY/);
      const names = objects(recording, "Secret").map(({ metadata }) => metadata.name ?? "");
      assert.deepEqual(
        names.filter((name) => name.startsWith("kafka-")),
        ["kafka-orders"],
        "which is no key of a certificate",
      );
      const { resource } = object(recording, "Role", "kafka-certificates");
      const controllers = stack === "storageclass" ? ["kafka-tls-controller"] : [];
      const clients = ["ops", "kproducer", "kconsumer", "lag-exporter", "client"].map(
        (holder) => `kafka-tls-${holder}`,
      );
      const held = ["kafka-tls-broker", ...controllers, ...clients];
      assert.deepEqual(resource.inputs["rules"], [
        { apiGroups: [""], resources: ["secrets"], resourceNames: ["kafka-ca", ...held], verbs: ["get", "update"] },
        { apiGroups: [""], resources: ["secrets"], verbs: ["create"] },
      ]);
      const withAccount = workloads(recording).filter(({ pod }) => pod.serviceAccountName === "kafka-certificates");
      assert.deepEqual(
        withAccount.map((one) => called(one.resource)),
        ["Job certificates"],
      );
    });

    it("asks servers for their word only where there is another authority than the first", async () => {
      const internal = { authentication: "tls", authority: 2, authorityWaitHours: 0 };
      const recording = await recordStack(stack, { set: { listeners: { internal } } });
      const job = object(recording, "Job", "certificates");
      const { activeDeadlineSeconds, template } = job.resource.inputs["spec"] as {
        activeDeadlineSeconds: number;
        template: { spec: { containers: { args: string[] }[] } };
      };
      const { exchange } = JSON.parse(template.spec.containers[0]?.args[0] ?? "") as { exchange: Exchange };
      const pools = stack === "storageclass" ? ["broker", "controller"] : ["broker"];
      const { patienceSeconds, waitSeconds, ...rest } = exchange;
      assert.deepEqual(rest, { generation: 2, pools, port: 8080 });
      assert.ok(waitSeconds >= 120, "the stack's own programs have their time");
      assert.ok(activeDeadlineSeconds >= patienceSeconds + 300, "it ends by itself, also where an image is pulled");
      assert.ok(patienceSeconds > 2 * (waitSeconds + 300), "it can do all of it");
      const { resource } = object(recording, "Role", "kafka-certificates");
      assert.deepEqual((resource.inputs["rules"] as unknown[]).slice(2), [
        { apiGroups: ["apps"], resources: ["statefulsets"], resourceNames: pools, verbs: ["get"] },
      ]);
      const { inputs } = object(await recordStack(stack, { set: CLOSED }), "Job", "certificates").resource;
      assert.doesNotMatch(JSON.stringify(inputs), /exchange/);
    });

    it("renews with the Job that created them", async () => {
      const recording = await recordStack(stack, { set: CLOSED });
      const [job, renewal] = [
        object(recording, "Job", "certificates").spec,
        object(recording, "CronJob", "kafka-certificates").spec,
      ];
      assert.deepEqual((renewal["jobTemplate"] as { spec: unknown }).spec, job);
    });

    it("has certificates for the names by which clients connect to servers", async () => {
      const set = { ...CLOSED, kafka: { external: { enabled: true, host: "192.0.2.7" } } };
      const [container] = workloads(await recordStack(stack, { set }), "Job")
        .filter(({ resource }) => resource.parent?.includes(CERTIFICATES))
        .flatMap(({ containers }) => containers);
      const { holders } = JSON.parse(container?.args?.[0] ?? "") as {
        holders: Record<string, { name: string; hosts: string[] }>;
      };
      const expected = [
        "broker.kafka.svc",
        "*.broker.kafka.svc",
        "kafka-bootstrap",
        "kafka-bootstrap.kafka.svc",
        "192.0.2.7",
      ];
      for (const host of expected) assert.ok(holders["kafka-tls-broker"]?.hosts.includes(host), host);
      if (stack === "storageclass") {
        assert.ok(holders["kafka-tls-controller"]?.hosts.includes("*.controller.kafka.svc"));
        assert.ok(!holders["kafka-tls-controller"]?.hosts.includes("192.0.2.7"));
      }
      for (const client of ["ops", "kproducer", "kconsumer", "lag-exporter", "client"])
        assert.deepEqual(holders[`kafka-tls-${client}`]?.hosts, []);
    });

    it("violates no policy", async () => {
      const set = { listeners: { internal: { authentication: "tls", authority: 2 } } };
      const all = [CLOSED, set].map(async (each) =>
        violations(packConfig(stack), await resourcesOf(stack, { set: each })),
      );
      assert.deepEqual(
        (await Promise.all(all)).flat().map(({ policy, message }) => `${policy}: ${message}`),
        [],
      );
    });
  });
}

describe("A stack that is not closed", () => {
  it("has nothing for certificates", async () => {
    for (const stack of ["dev", "storageclass"]) {
      const { resources } = await recordStack(stack);
      assert.doesNotMatch(JSON.stringify(resources.map(({ type, inputs }) => [type, inputs])), /tls|ssl|certificates/i);
    }
  });
});
