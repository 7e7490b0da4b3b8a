import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { tlsFiles } from "../certificates/tls-files";
import type { Authentication } from "../kafka/settings";
import { skipAwait } from "../kubernetes/await-annotations";
import { fixedName, metadata, selector, type Scope } from "../kubernetes/scope";
import { refusePodsOfChat } from "../pods/context";
import { ChatIngress, type IngressSpec } from "./chat-ingress";
import { CHAT_PORTS } from "../kubernetes/ports";
import { WebService, type WebServiceArgs, type WebServiceSpec } from "./web-service";

/** Arguments of a chat. */
export interface ChatArgs extends Scope {
  /** The services image. */
  readonly image: pulumi.Input<string>;
  /** Bootstrap address of the brokers. */
  readonly bootstrap: pulumi.Input<string>;
  /** How the services authenticate to the brokers. @default not at all */
  readonly authentication?: Authentication | undefined;
  /** Topics that may be written to and read. */
  readonly rooms: readonly string[];
  /** Type of both Services. */
  readonly serviceType: WebServiceArgs["serviceType"];
  /** kproducer, which accepts messages. */
  readonly producer: WebServiceSpec;
  /** kconsumer, which sends messages to readers and serves the page. */
  readonly consumer: WebServiceSpec;
  /** Token that both services ask for. @default they ask for none */
  readonly token?: pulumi.Input<string> | undefined;
  /** An Ingress for both services. @default none */
  readonly ingress?: IngressSpec | undefined;
  /** Addresses and CIDR ranges of proxies in front of the chat whose `X-Forwarded-For` is trusted. @default none */
  readonly trustedProxies?: readonly string[] | undefined;
  /** Event streams that one client address may have at each pod of kconsumer. @default 1000 */
  readonly streamsPerAddress?: number | undefined;
  /** Autoscaling. @default a fixed number of pods */
  readonly autoscaling?: WebServiceArgs["autoscaling"];
}

/** Name of the headless Service by which kproducer finds kconsumer's pods. */
const CONSUMER_PODS = "kconsumer-pods";

/** The chat application: kproducer accepts messages, kconsumer sends them to everyone and serves the page. */
export class Chat extends pulumi.ComponentResource {
  constructor(name: string, args: ChatArgs, opts?: pulumi.ComponentResourceOptions) {
    super("kafka-stack:kchat:Chat", name, {}, opts);
    refusePodsOfChat(args.pods);
    const child = { parent: this };
    const trusted = args.trustedProxies ?? [];
    const token = args.token === undefined ? undefined : this.tokenSecret(name, args, args.token);
    const service = (
      role: "kproducer" | "kconsumer",
      spec: WebServiceSpec,
      port: number,
      proxies: readonly string[],
      env: Readonly<Record<string, string>> = {},
    ) =>
      new WebService(
        `${name}-${role}`,
        {
          ...args,
          ...spec,
          role,
          port,
          command: ["node", `/app/${role}.js`],
          secret: token?.metadata.name,
          files: args.authentication === "tls" ? [tlsFiles(role)] : [],
          env: [
            { name: "KCHAT_BOOTSTRAP_ADDRESS", value: args.bootstrap },
            { name: "KCHAT_PORT", value: String(port) },
            { name: "KCHAT_ROOMS", value: args.rooms.join(",") },
            ...(proxies.length > 0 ? [{ name: "KCHAT_TRUST_PROXY", value: proxies.join(",") }] : []),
            ...Object.entries(env).map(([variable, value]) => ({ name: variable, value })),
            ...(token ? [{ name: "KCHAT_TOKEN_FILE", value: "/etc/kchat/token" }] : []),
          ],
        },
        child,
      );
    // Messages from the page come through kconsumer, whose pods would otherwise count as one client.
    service("kproducer", args.producer, CHAT_PORTS.producer, [...trusted, CONSUMER_PODS]);
    service("kconsumer", args.consumer, CHAT_PORTS.consumer, trusted, {
      KCHAT_PRODUCER_URL: `http://kproducer:${CHAT_PORTS.producer}`,
      ...streamLimit(args.streamsPerAddress),
    });
    this.consumerPods(name, args);
    if (args.ingress) new ChatIngress(`${name}-ingress`, { ...args, ...args.ingress }, child);
    this.registerOutputs({});
  }

  /** The headless Service of kconsumer's pods, including those that are starting or stopping. */
  private consumerPods(name: string, args: ChatArgs) {
    return new k8s.core.v1.Service(
      `${name}-kconsumer-pods`,
      {
        metadata: metadata(args, "kconsumer", CONSUMER_PODS, skipAwait),
        spec: {
          clusterIP: "None",
          selector: selector(args.instance, "kconsumer"),
          publishNotReadyAddresses: true,
          ports: [{ name: "http", port: CHAT_PORTS.consumer }],
        },
      },
      fixedName(this),
    );
  }

  /** With a generated name: another token is another Secret, and so rolls the pods. */
  private tokenSecret(name: string, args: ChatArgs, token: pulumi.Input<string>) {
    return new k8s.core.v1.Secret(
      `${name}-token`,
      { metadata: metadata(args, "kproducer"), immutable: true, stringData: { token: pulumi.secret(token) } },
      { parent: this },
    );
  }
}

/** Passes a limit of streams to kconsumer, which otherwise uses its default. */
function streamLimit(streams: number | undefined): Readonly<Record<string, string>> {
  return streams === undefined ? {} : { KCHAT_MAX_READERS_PER_ADDRESS: String(streams) };
}
