import { isIP } from "node:net";
import { z } from "zod";
import { JOB_DEFAULTS } from "../components/jobs/job-resources";
import { DEFAULT_STALL_SECONDS, DEFAULT_THROTTLE } from "../components/operations/moves";
import { DEFAULT_BASE_IMAGES } from "../components/image/sources";
import { BOUNDS, LEAST_RATE } from "../components/kubernetes/bounds";
import { parseBytes } from "../components/kubernetes/quantities";
import { flag, integer, nodePort, pattern, resources, secret, size, text } from "./values";

const ADDRESS = /^[a-z0-9][a-z0-9.-]*(:\d+)?(\/[a-z0-9._-]+)*$/;
const address = () => pattern(ADDRESS, "a registry address without a scheme, such as registry.example.com/team");

/** The image registry. */
export const registry = z
  .strictObject(
    {
      external: flag()
        .default(false)
        .describe("Whether an existing registry is used instead of the chart. Then `pushAddress` is required."),
      chart: pattern(/^(https?:\/\/|\/|\.\.?\/)\S+$/, "a chart repository's URL, or a path that starts with / or ./")
        .default("https://twuni.github.io/docker-registry.helm")
        .describe(
          "Where the chart `docker-registry` comes from: the URL of a Helm repository, or the path of a chart.",
        ),
      chartVersion: pattern(/^\d+\.\d+\.\d+([-+]\S+)?$/, "a version such as 3.0.0")
        .default("3.0.0")
        .describe("Version of the chart."),
      nodePort: nodePort().default(31500).describe("NodePort of the registry."),
      pushAddress: address()
        .exactOptional()
        .describe("Address that docker pushes to. Default: localhost:<registry.nodePort>."),
      pullAddress: address().exactOptional().describe("Address that the nodes pull from. Default: the push address."),
      size: size().default("10Gi").describe("Capacity of the registry's volume."),
      className: text("the name of a StorageClass")
        .exactOptional()
        .describe("StorageClass of the registry's volume. Default: the cluster's default class."),
      username: pattern(/^[^\s:\p{Cc}]+$/u, "a user name without spaces and colons")
        .exactOptional()
        .describe(
          "User name for pushing and pulling. Goes with `password`; the stack's own registry then lets in nobody else.",
        ),
      password: secret(/^\P{Cc}+$/u, "text without control characters")
        .exactOptional()
        .describe("Password of that user."),
      pullWithPassword: flag()
        .default(true)
        .describe(
          "Whether pods pull with `username` and `password`. false where nodes pull with an identity of their own.",
        ),
      ca: secret(
        /^\s*-----BEGIN CERTIFICATE-----\s[^]+\s-----END CERTIFICATE-----\s*$/,
        "one or more certificates in PEM form",
      )
        .exactOptional()
        .describe(
          "Certificate authority (PEM) of an external registry's TLS certificate, with which `npm run preflight` checks the registry. docker and the nodes must trust it by themselves: see docs/clusters.md.",
        ),
      haSharedSecret: secret()
        .exactOptional()
        .describe("Secret with which the registry signs the state of uploads. Default: derived from the stack."),
      resources: resources({
        cpu: "50m",
        memory: "128Mi",
        memoryLimit: "256Mi",
        ephemeralStorage: "256Mi",
      }).describe("Requests and limits of the registry."),
    },
    "a map of settings",
  )
  .prefault({});

const image = () => pattern(/^[A-Za-z0-9][A-Za-z0-9./:_@-]*$/, "an image name such as node:24-bookworm-slim");

const BY_DIGEST =
  "an image by digest, such as registry.example.com/kafka@sha256:… with 64 digits: a tag can be moved, and pods that start later would run another image";
const byDigest = () =>
  pattern(/^[a-z0-9][a-z0-9.-]*(:\d+)?(\/[a-z0-9._-]+)*(:[\w][\w.-]{0,127})?@sha256:[0-9a-f]{64}$/, BY_DIGEST);

/** Images that exist, and how the others are built. */
export const images = z
  .strictObject(
    {
      kafka: byDigest()
        .exactOptional()
        .describe(
          "The Kafka image by digest, built elsewhere from `images/kafka`; `kafka.version` says its version. Default: it is built and pushed.",
        ),
      services: byDigest()
        .exactOptional()
        .describe(
          "The services image by digest, built elsewhere from `images/services`. Default: it is built and pushed.",
        ),
      baseImages: z
        .strictObject(
          {
            jre: image().default(DEFAULT_BASE_IMAGES.jre).describe("Java runtime under Kafka."),
            maven: image()
              .default(DEFAULT_BASE_IMAGES.maven)
              .describe("Maven that fetches Kafka's jars at build time."),
            node: image().default(DEFAULT_BASE_IMAGES.node).describe("Node.js under the services."),
          },
          "jre, maven and node",
        )
        .prefault({})
        .describe("Base images of the Dockerfiles."),
      mavenMirror: pattern(/^https?:\/\/\S+$/, "an http or https URL")
        .exactOptional()
        .describe("URL of a Maven repository to use instead of Maven Central."),
      platform: pattern(/^linux\/[a-z0-9]+(\/v\d+)?$/, "a platform such as linux/amd64")
        .exactOptional()
        .describe("Platform of the images. Default: that of the docker daemon."),
    },
    "kafka, services, baseImages, mavenMirror and platform",
  )
  .prefault({});

const service = (port: number) =>
  z
    .strictObject(
      {
        replicas: integer(1, 100).default(2).describe("Pods, when there is no autoscaling."),
        nodePort: nodePort().default(port).describe("NodePort, when `serviceType` is NodePort."),
        resources: resources({
          cpu: "100m",
          memory: "128Mi",
          memoryLimit: "256Mi",
          ephemeralStorage: "64Mi",
        }).describe("Requests and limits of a pod."),
      },
      "replicas, nodePort and resources",
    )
    .prefault({});

const ingress = z.strictObject(
  {
    host: pattern(/^(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, "a host name").describe("Host name."),
    className: text("the name of an IngressClass")
      .exactOptional()
      .describe("IngressClass. Default: the cluster's default class."),
    tlsSecretName: text("the name of a Secret")
      .exactOptional()
      .describe("Secret with the TLS certificate. Default: no TLS."),
  },
  "host, className and tlsSecretName",
);

/** An IP address, or a range of them as `address/bits`. */
function isAddressOrRange(value: string): boolean {
  const [network = "", bits, ...rest] = value.split("/");
  const most = { 4: 32, 6: 128 }[isIP(network)];
  if (most === undefined || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most);
}

const ADDRESSES = "a list of addresses or CIDR ranges such as 10.0.0.0/8";

const autoscaling = z.strictObject(
  {
    min: integer(1, 100).exactOptional().describe("Fewest pods of each service. Default: 2, or `max` when that is 1."),
    max: integer(1, 100)
      .exactOptional()
      .describe("Most pods of each service. Default: 10, or `min` when that is more."),
    cpuPercent: integer(1, 100).default(70).describe("Mean CPU use that is aimed at, in percent of the request."),
  },
  "min, max and cpuPercent",
);

/** As the services read it: without the blanks around it, a line end among them. */
const TOKEN = /^\s*[!-~]([ -~]*[!-~])?\s*$/;

/** The chat application. */
export const kchat = z
  .strictObject(
    {
      enabled: flag().default(true).describe("Whether the chat application is deployed."),
      rooms: z
        .array(text("names of declared topics"), "a list of names of declared topics")
        .min(1, "a list of at least one declared topic")
        .exactOptional()
        .describe(
          "Topics that may be written and read. Default: chatroom when it is declared, else all declared topics.",
        ),
      serviceType: z
        .enum(["NodePort", "ClusterIP", "LoadBalancer"], "one of NodePort, ClusterIP, LoadBalancer")
        .default("NodePort")
        .describe("Type of both Services."),
      producer: service(30192).describe("kproducer, which takes messages by POST."),
      consumer: service(30292).describe("kconsumer, which sends messages as server-sent events and serves the page."),
      token: secret(TOKEN, "text of visible ASCII characters, as a header takes it")
        .exactOptional()
        .describe("Token that both services ask for. Default: none is asked for."),
      ingress: ingress.exactOptional().describe("An Ingress for both services. Default: none."),
      trustedProxies: z
        .array(text(ADDRESSES).refine(isAddressOrRange, ADDRESSES), ADDRESSES)
        .exactOptional()
        .describe(
          "Proxies in front of both services, such as the Ingress controller's pods, whose `X-Forwarded-For` is believed: people behind them count one by one in the limits of an address. Default: none.",
        ),
      streamsPerAddress: integer(1, 1_000_000)
        .exactOptional()
        .describe(
          "Event streams that one client address may have at each pod of kconsumer; more are answered 429. People who come by a NodePort may all have the address of one node. Default: 1000.",
        ),
      autoscaling: autoscaling.exactOptional().describe("A HorizontalPodAutoscaler for each service. Default: none."),
    },
    "a map of settings",
  )
  .prefault({});

const RATE = "bytes per second, at least 1 KiB, such as 52428800 or 50MiB";

/** A rate as a number or as text such as `50MiB`, in whole bytes per second. */
const byteRate = () =>
  z.preprocess(
    (value) => {
      if (typeof value !== "string") return value;
      const bytes = parseBytes(value.replace(/([KMGTP]i|[kMGTP])B$/, "$1"));
      return bytes === undefined ? value : Math.round(bytes);
    },
    z.int(RATE).min(LEAST_RATE, RATE),
  );

/** Day-two operations. */
export const operations = z
  .strictObject(
    {
      rebalance: z
        .strictObject(
          {
            enabled: flag()
              .default(true)
              .describe("Whether new brokers get their share of partitions when `replicas` is raised."),
            throttle: byteRate()
              .default(DEFAULT_THROTTLE)
              .describe(
                "Bytes per second that a rebalance or a drain may move per broker: a number, or text such as 50MiB.",
              ),
            stallSeconds: integer(...BOUNDS.stallSeconds)
              .default(DEFAULT_STALL_SECONDS)
              .describe(
                "Seconds without a byte copied after which moving partitions is given up. What Kafka copies goes on, and the next `up` takes it over.",
              ),
            wait: flag()
              .default(true)
              .describe(
                "Whether `up` stays until partitions have moved. Otherwise Kafka goes on by itself, and the Job `finish-rebalance` removes the throttle afterwards. Brokers that leave are always emptied first.",
              ),
          },
          "enabled, throttle, stallSeconds and wait",
        )
        .prefault({})
        .describe("Moving partitions when brokers come or go."),
      jobDeadlineSeconds: integer(60, 604_800)
        .default(3600)
        .describe(
          "Accepted for older stack files, and without effect: a Job ends for want of progress (`operations.rebalance.stallSeconds`) and not for want of time.",
        ),
      resources: resources({
        ...JOB_DEFAULTS,
        cpuLimit: "1, or the request where that is more, so that a ResourceQuota can count it",
      }).describe("Requests and limits of a Job's container."),
      restartBesideMissing: flag()
        .default(false)
        .describe(
          "Whether a change restarts servers although one is missing that comes later in the order. Else it is refused, for it would interrupt writers. For a change that mends the missing one.",
        ),
    },
    "rebalance, jobDeadlineSeconds, resources and restartBesideMissing",
  )
  .prefault({});
