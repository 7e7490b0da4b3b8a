import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { jobResources, type JobResources } from "../jobs/job-resources";
import { runOnce, type RunOnceArgs, runOnceSpec } from "../jobs/run-once";
import { fixedName, labels, metadata, type Scope } from "../kubernetes/scope";
import { restrictedContainer, restrictedPod, terminationMessage, SERVICES_UID } from "../kubernetes/security";
import type { UserSpec } from "../users/user";
import { type AuthoritySpec, deadlineOf, exchangeOf, poolsOf } from "./exchange";
import { holdersOf, passwordsOf } from "./holders";
import { PASSWORDS } from "./passwords";

/** Arguments of a stack's certificates. */
export interface CertificatesArgs extends Scope, AuthoritySpec {
  /** The services image. */
  readonly image: pulumi.Input<string>;
  /** Whether controllers have their own pods. */
  readonly dedicated: boolean;
  /** Host name or address under which clients outside the cluster reach the nodes. @default no such clients */
  readonly externalHost?: string | undefined;
  /** Users, who each get a certificate or a password. @default none */
  readonly users?: readonly Pick<UserSpec, "name" | "authentication" | "rotate" | "secret">[] | undefined;
  /** Requests and limits of the Jobs. @default small ones */
  readonly jobResources?: JobResources | undefined;
}

/** Name of the Secret with the authority's key, and name of the CronJob and the Jobs' account. */
const [AUTHORITY, NAME] = ["kafka-ca", "kafka-certificates"];

/** Where clients of the API server find their account. */
const ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

/**
 * The authority of a stack, and the certificates with which its servers and clients authenticate. A Job creates them before any server starts, and a
 * CronJob renews them once a third of their validity is left. Both take the steps by which another authority replaces one that is in use (services/src/certificates/decide.ts). The Job also makes users' passwords, at random. All are in Secrets outside Pulumi's state, because Pulumi would revert a renewal.
 */
export class Certificates extends pulumi.ComponentResource {
  /** Exists once all certificates do. */
  readonly ready: pulumi.Resource;

  constructor(name: string, args: CertificatesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-stack:certificates:Certificates", name, {}, opts);
    const told = pulumi.output(args.namespace).apply((namespace) => {
      const { dedicated, externalHost, users } = args;
      const stack = { namespace, dedicated, externalHost, users };
      const [holders, passwords] = [holdersOf(stack), passwordsOf(stack)];
      const some = Object.keys(passwords).length > 0;
      const scram = { store: PASSWORDS, users: passwords };
      const exchange = exchangeOf(args);
      const wanted = { authority: AUTHORITY, holders, ...(some && { scram }), ...(exchange && { exchange }) };
      return {
        secrets: [...Object.keys(holders), ...Object.keys(passwords), ...(some ? [PASSWORDS] : [])],
        text: JSON.stringify({ namespace, labels: secretLabels(args), ...wanted }),
      };
    });
    const account = this.account(name, args, told);
    const job = issue(args, told.text);
    this.ready = runOnce(name, args, job, { parent: this, dependsOn: account });
    new k8s.batch.v1.CronJob(
      `${name}-renewal`,
      {
        metadata: metadata(args, "ops", NAME),
        spec: {
          // An arbitrary time of day: on most days there is nothing to do.
          schedule: "17 3 * * *",
          concurrencyPolicy: "Forbid",
          successfulJobsHistoryLimit: 1,
          failedJobsHistoryLimit: 1,
          jobTemplate: { spec: runOnceSpec(args, job) },
        },
      },
      { ...fixedName(this), dependsOn: account },
    );
    this.registerOutputs({});
  }

  /**
   * An account that may read and write these Secrets, and create Secrets: Kubernetes cannot restrict creation by name. It can read no others. It has the same rights in
   * each namespace with such Secrets. For an exchange of the authority it may read how many servers there are.
   */
  private account(
    name: string,
    args: CertificatesArgs,
    told: pulumi.Output<{ readonly secrets: readonly string[] }>,
  ): pulumi.Resource[] {
    const account = new k8s.core.v1.ServiceAccount(
      name,
      { metadata: metadata(args, "ops", NAME), automountServiceAccountToken: false },
      fixedName(this),
    );
    const subject = { kind: "ServiceAccount", name: account.metadata.name, namespace: args.namespace };
    const own = told.apply(({ secrets }) => [AUTHORITY, ...secrets.filter((one) => !one.includes("/"))]);
    const elsewhere = [...new Set((args.users ?? []).flatMap(({ secret }) => secret?.namespace ?? []))].sort();
    return [
      account,
      this.rights(name, {
        ...args,
        name: NAME,
        resourceNames: own,
        servers: exchangeOf(args) && poolsOf(args.dedicated),
        subject,
      }),
      ...elsewhere.map((namespace) => {
        const resourceNames = told.apply(({ secrets }) =>
          secrets.flatMap((one) => (one.startsWith(`${namespace}/`) ? [one.slice(namespace.length + 1)] : [])),
        );
        // Several stacks may have users in one namespace.
        const there = pulumi.interpolate`${NAME}-${args.namespace}`;
        return this.rights(`${name}-${namespace}`, { ...args, namespace, name: there, resourceNames, subject });
      }),
    ];
  }

  private rights(
    name: string,
    args: Scope & {
      readonly name: pulumi.Input<string>;
      readonly resourceNames: pulumi.Input<string[]>;
      /** StatefulSets that it may read. @default none */
      readonly servers?: string[] | undefined;
      readonly subject: k8s.types.input.rbac.v1.Subject;
    },
  ): pulumi.Resource {
    const named = { ...metadata(args, "ops"), name: args.name };
    const role = new k8s.rbac.v1.Role(
      name,
      {
        metadata: named,
        rules: [
          { apiGroups: [""], resources: ["secrets"], resourceNames: args.resourceNames, verbs: ["get", "update"] },
          { apiGroups: [""], resources: ["secrets"], verbs: ["create"] },
          ...(args.servers
            ? [{ apiGroups: ["apps"], resources: ["statefulsets"], resourceNames: args.servers, verbs: ["get"] }]
            : []),
        ],
      },
      fixedName(this),
    );
    return new k8s.rbac.v1.RoleBinding(
      name,
      {
        metadata: named,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name },
        subjects: [args.subject],
      },
      fixedName(this),
    );
  }
}

/** Labels of the Secrets, which Pulumi does not manage. */
const secretLabels = ({ instance }: Scope): Record<string, string> => ({
  ...labels(instance, "ops"),
  "app.kubernetes.io/managed-by": NAME,
});

/** Makes the certificates and passwords that are missing, and renews certificates that run out. No other account may write the Secrets. */
const issue = (args: CertificatesArgs, told: pulumi.Input<string>): RunOnceArgs => ({
  deadlineSeconds: deadlineOf(args),
  serviceAccountName: NAME,
  pod: {
    securityContext: restrictedPod(SERVICES_UID),
    containers: [
      {
        name: "certificates",
        image: args.image,
        command: ["node", "/app/certificates.js"],
        args: [told],
        ...terminationMessage,
        securityContext: restrictedContainer,
        resources: jobResources(args.jobResources),
        volumeMounts: [{ name: "account", mountPath: ACCOUNT, readOnly: true }],
      },
    ],
    volumes: [
      {
        name: "account",
        projected: {
          sources: [
            { serviceAccountToken: { path: "token", expirationSeconds: 600 } },
            { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
          ],
        },
      },
    ],
  },
});
