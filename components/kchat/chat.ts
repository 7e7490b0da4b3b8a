import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { tlsFiles } from "../certificates/tls-files";
import type { Authentication } from "../kafka/settings";
import { skipAwait } from "../kubernetes/await-annotations";
import { fixedName, metadata, selector, type Scope } from "../kubernetes/scope";
import { refusePodsOfChat } from "../pods/context";
import { ChatIngress, type IngressSpec } from "./chat-ingress";
import { CHAT_PORTS } from "./ports";
import { WebService, type WebServiceArgs, type WebServiceSpec } from "./web-service";

/** What a chat is made of. */
export interface ChatArgs extends Scope {
  /** The services image. */
  readonly image: pulumi.Input<string>;
  /** Bootstrap address of the brokers. */
  readonly bootstrap: pulumi.Input<string>;
  /** By what the services are known to the brokers. @default none */
  readonly authentication?: Authentication | undefined;
  /** Topics that may be written to and read. */
  readonly rooms: readonly string[];
  /** Type of both Services. */
  readonly serviceType: WebServiceArgs["serviceType"];
  /** kproducer, which takes messages. */
  readonly producer: WebServiceSpec;
  /** kconsumer, which sends them on and serves the page. */
  readonly consumer: WebServiceSpec;
  /** Token that both services ask for. @default none is asked for */
  readonly token?: pulumi.Input<string> | undefined;
  /** An Ingress for both services. @default none */
  readonly ingress?: IngressSpec | undefined;
  /** Addresses and CIDR ranges of proxies in front of the chat whose `X-Forwarded-For` is believed. @default none */
  readonly trustedProxies?: readonly string[] | undefined;
  /** Event streams that one client address may have at each pod of kconsumer. @default 1000 */
  readonly streamsPerAddress?: number | undefined;
  /** Pods by load. @default a fixed number of pods */
  readonly autoscaling?: WebServiceArgs["autoscaling"];
}

/** Name of the headless Service that kproducer knows kconsumer's pods by. */
const CONSUMER_PODS = "kconsumer-pods";

/** The chat application: kproducer takes messages, kconsumer sends them to everyone and serves the page. */
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
    // What people write on the page comes by way of kconsumer, whose pods would count as one client otherwise.
    service("kproducer", args.producer, CHAT_PORTS.producer, [...trusted, CONSUMER_PODS]);
    service("kconsumer", args.consumer, CHAT_PORTS.consumer, trusted, {
      KCHAT_PRODUCER_URL: `http://kproducer:${CHAT_PORTS.producer}`,
      ...streamLimit(args.streamsPerAddress),
    });
    this.consumerPods(name, args);
    if (args.ingress) new ChatIngress(`${name}-ingress`, { ...args, ...args.ingress }, child);
    this.registerOutputs({});
  }

  /** The name of kconsumer's pods, also of those that are just starting or stopping. */
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

  /** Under a name of Pulumi's making: another token is another Secret, and so rolls the pods. */
  private tokenSecret(name: string, args: ChatArgs, token: pulumi.Input<string>) {
    return new k8s.core.v1.Secret(
      `${name}-token`,
      { metadata: metadata(args, "kproducer"), immutable: true, stringData: { token: pulumi.secret(token) } },
      { parent: this },
    );
  }
}

/** How kconsumer is told of a limit of its own; without one it has its default. */
function streamLimit(streams: number | undefined): Readonly<Record<string, string>> {
  return streams === undefined ? {} : { KCHAT_MAX_READERS_PER_ADDRESS: String(streams) };
}
