import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { replaceUnready } from "../kubernetes/await-annotations";
import { fixedName, labels, metadata, type Scope } from "../kubernetes/scope";
import {
  podDefaults,
  restrictedContainer,
  restrictedPod,
  terminationMessage,
  SERVICES_UID,
} from "../kubernetes/security";
import { podMetadata, podSpec } from "../pods/overlay";
import { jobResources, type JobResources } from "../operations/job-resources";
import { retries } from "../operations/retries";
import type { UserSpec } from "../users/user";
import { holdersOf } from "./holders";

/** What the certificates of a stack are made for. */
export interface CertificatesArgs extends Scope {
  /** The services image. */
  readonly image: pulumi.Input<string>;
  /** Whether controllers have pods of their own. */
  readonly dedicated: boolean;
  /** Host name or address under which clients outside the cluster reach the nodes. @default none do */
  readonly externalHost?: string | undefined;
  /** Users, who get a certificate each. @default none */
  readonly users?: readonly Pick<UserSpec, "name" | "secret">[] | undefined;
  /** Requests and limits of the Jobs. @default little */
  readonly jobResources?: JobResources | undefined;
}

/** Name of the Secret with the authority's key, of the CronJob and of the account that both Jobs have. */
const [AUTHORITY, NAME] = ["kafka-ca", "kafka-certificates"];

/** Where the API server's clients look for who they are. */
const ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

/** Seconds that making certificates may take: a node may have to pull the image first. */
const DEADLINE_S = 300;

/**
 * The authority of a stack, and the certificates that its servers and clients know each other by. A Job makes them before any server starts, and a CronJob renews them once
 * a third of their time is left. They are in Secrets that neither Pulumi nor its state ever sees: a renewed one would be a change to take back.
 */
export class Certificates extends pulumi.ComponentResource {
  /** Exists once all certificates do. */
  readonly ready: pulumi.Resource;

  constructor(name: string, args: CertificatesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-stack:certificates:Certificates", name, {}, opts);
    const told = pulumi.output(args.namespace).apply((namespace) => {
      const { dedicated, externalHost, users } = args;
      const holders = holdersOf({ namespace, dedicated, externalHost, users });
      return {
        holders,
        text: JSON.stringify({ namespace, labels: secretLabels(args), authority: AUTHORITY, holders }),
      };
    });
    const account = this.account(name, args, told);
    const spec = jobSpec(args, told.text);
    this.ready = new k8s.batch.v1.Job(
      name,
      { metadata: metadata(args, "ops", undefined, replaceUnready), spec },
      { parent: this, dependsOn: account, customTimeouts: { create: `${DEADLINE_S + 60}s`, delete: "5m" } },
    );
    new k8s.batch.v1.CronJob(
      `${name}-renewal`,
      {
        metadata: metadata(args, "ops", NAME),
        spec: {
          // Some minute of some hour: it finds nothing to do on most days.
          schedule: "17 3 * * *",
          concurrencyPolicy: "Forbid",
          successfulJobsHistoryLimit: 1,
          failedJobsHistoryLimit: 1,
          jobTemplate: { spec },
        },
      },
      { ...fixedName(this), dependsOn: account },
    );
    this.registerOutputs({});
  }

  /**
   * An account that may read and write these Secrets, and make Secrets: Kubernetes has no names for what does not exist yet. It can read none but these, in each namespace
   * that has some.
   */
  private account(
    name: string,
    args: CertificatesArgs,
    told: pulumi.Output<{ readonly holders: Readonly<Record<string, unknown>> }>,
  ): pulumi.Resource[] {
    const account = new k8s.core.v1.ServiceAccount(
      name,
      { metadata: metadata(args, "ops", NAME), automountServiceAccountToken: false },
      fixedName(this),
    );
    const subject = { kind: "ServiceAccount", name: account.metadata.name, namespace: args.namespace };
    const own = told.holders.apply((holders) => [
      AUTHORITY,
      ...Object.keys(holders).filter((one) => !one.includes("/")),
    ]);
    const elsewhere = [...new Set((args.users ?? []).flatMap(({ secret }) => secret?.namespace ?? []))].sort();
    return [
      account,
      this.rights(name, { ...args, name: NAME, resourceNames: own, subject }),
      ...elsewhere.map((namespace) => {
        const resourceNames = told.holders.apply((holders) =>
          Object.keys(holders).flatMap((one) =>
            one.startsWith(`${namespace}/`) ? [one.slice(namespace.length + 1)] : [],
          ),
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

function jobSpec(args: CertificatesArgs, told: pulumi.Input<string>) {
  return {
    ...retries,
    activeDeadlineSeconds: DEADLINE_S,
    template: {
      metadata: podMetadata(args, "ops", { labels: labels(args.instance, "ops") }),
      spec: {
        ...podSpec(args, "ops", {
          ...podDefaults(args),
          restartPolicy: "Never",
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
        }),
        // No other may write the Secrets.
        serviceAccountName: NAME,
      },
    },
  };
}
