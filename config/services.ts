import { isIP } from "node:net";
import { z } from "zod";
import { JOB_DEFAULTS } from "../components/jobs/job-resources";
import { DEFAULT_DISK_LIMIT, DEFAULT_STALL_SECONDS, DEFAULT_THROTTLE } from "../components/operations/moves";
import { DEFAULT_BASE_IMAGES } from "../components/image/sources";
import { BOUNDS, LEAST_RATE } from "../components/kubernetes/bounds";
import { BY_DIGEST, IMAGE, isImage, isImageByDigest, isRegistry, REGISTRY } from "../components/kubernetes/image-names";
import { DNS_SUBDOMAIN, INGRESS_HOST } from "../components/kubernetes/names";
import { parseBytes } from "../components/kubernetes/quantities";
import { rangeOf } from "./ranges";
import { checked, flag, integer, isUrl, nodePort, pattern, resources, secret, size, text, url } from "./values";

const address = () =>
  checked(isRegistry, "a registry address without a scheme, such as registry.example.com/team", REGISTRY);

const CHART = /^(https?:\/\/|\/|\.\.?\/)\S+$/;
const isChart = (source: string): boolean => CHART.test(source) && (!source.startsWith("http") || isUrl(source));

/** The image registry. */
export const registry = z
  .strictObject(
    {
      external: flag()
        .default(false)
        .describe("Whether to use an existing registry instead of the chart. Then `pushAddress` is required."),
      chart: checked(isChart, "a chart repository's URL, or a path that starts with / or ./", CHART)
        .default("https://twuni.github.io/docker-registry.helm")
        .describe("Source of the chart `docker-registry`: the URL of a Helm repository, or the path of a chart."),
      chartVersion: pattern(/^\d+\.\d+\.\d+([-+]\S+)?$/, "a version such as 3.0.0")
        .default("3.0.0")
        .describe("Version of the chart."),
      nodePort: nodePort().default(31500).describe("NodePort of the registry."),
      pushAddress: address()
        .exactOptional()
        .describe("Address that docker pushes to. Default: localhost:<registry.nodePort>."),
      pullAddress: address().exactOptional().describe("Address that the nodes pull from. Default: the push address."),
      size: size().default("10Gi").describe("Capacity of the registry's volume."),
      className: pattern(DNS_SUBDOMAIN, "the name of a StorageClass")
        .exactOptional()
        .describe("StorageClass of the registry's volume. Default: the cluster's default class."),
      username: pattern(/^[^\s:\p{Cc}]+$/u, "a user name without spaces and colons")
        .exactOptional()
        .describe(
          "User name for pushing and pulling. Needs `password`; the stack's own registry then lets in nobody else.",
        ),
      password: secret(/^\P{Cc}+$/u, "text without control characters")
        .exactOptional()
        .describe("Password of that user."),
      pullWithPassword: flag()
        .default(true)
        .describe("Whether pods pull with `username` and `password`. false where nodes pull with their own identity."),
      ca: secret(
        /^\s*-----BEGIN CERTIFICATE-----\s[^]+\s-----END CERTIFICATE-----\s*$/,
        "one or more certificates in PEM form",
      )
        .exactOptional()
        .describe(
          "Certificate authority (PEM) of an external registry's TLS certificate, with which `npm run preflight` checks the registry. docker and the nodes must be configured to trust it themselves: see docs/clusters.md.",
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

const image = () => checked(isImage, "an image name such as node:24-bookworm-slim", IMAGE);

const DIGEST_ALLOWED =
  "an image by digest, such as registry.example.com/kafka@sha256:… with 64 digits: a tag can be moved, and pods that start later would run another image";
const byDigest = () => checked(isImageByDigest, DIGEST_ALLOWED, BY_DIGEST);

/** Existing images, and how the others are built. */
export const images = z
  .strictObject(
    {
      kafka: byDigest()
        .exactOptional()
        .describe(
          "The Kafka image by digest, built elsewhere from `images/kafka`; `kafka.version` must name its version. Default: it is built and pushed.",
        ),
      services: byDigest()
        .exactOptional()
        .describe(
          "The services image by digest, built elsewhere from `images/services`. Default: it is built and pushed.",
        ),
      baseImages: z
        .strictObject(
          {
            jre: image().default(DEFAULT_BASE_IMAGES.jre).describe("Java runtime of Kafka."),
            maven: image()
              .default(DEFAULT_BASE_IMAGES.maven)
              .describe("Maven image that downloads Kafka's jars at build time."),
            node: image().default(DEFAULT_BASE_IMAGES.node).describe("Node.js of the services."),
          },
          "jre, maven and node",
        )
        .prefault({})
        .describe("Base images of the Dockerfiles."),
      mavenMirror: url().exactOptional().describe("URL of a Maven repository to use instead of Maven Central."),
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
        replicas: integer(1, 100).default(2).describe("Number of pods without autoscaling."),
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
    host: pattern(INGRESS_HOST, "a host name").describe("Host name."),
    className: pattern(DNS_SUBDOMAIN, "the name of an IngressClass")
      .exactOptional()
      .describe("IngressClass. Default: the cluster's default class."),
    tlsSecretName: pattern(DNS_SUBDOMAIN, "the name of a Secret")
      .exactOptional()
      .describe("Secret with the TLS certificate. Default: no TLS."),
  },
  "host, className and tlsSecretName",
);

/** An IP address, or a range of them as `address/bits`. */
const isAddressOrRange = (value: string): boolean =>
  value.includes("/") ? rangeOf(value) !== undefined : isIP(value) !== 0 && !value.includes("%");

const ADDRESSES = "a list of addresses or CIDR ranges such as 10.0.0.0/8";

const autoscaling = z.strictObject(
  {
    min: integer(1, 100)
      .exactOptional()
      .describe("Minimum number of pods of each service. Default: 2, or `max` when that is 1."),
    max: integer(1, 100)
      .exactOptional()
      .describe("Maximum number of pods of each service. Default: 10, or `min` when that is more."),
    cpuPercent: integer(1, 100).default(70).describe("Target for the mean CPU use, in percent of the request."),
  },
  "min, max and cpuPercent",
);

/** As the services read it: without surrounding white space such as a line end. */
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
      producer: service(30192).describe("kproducer, which accepts messages by POST."),
      consumer: service(30292).describe("kconsumer, which sends messages as server-sent events and serves the page."),
      token: secret(TOKEN, "text of visible ASCII characters, as a header takes it")
        .exactOptional()
        .describe("Token that both services ask for. Default: they ask for none."),
      ingress: ingress.exactOptional().describe("An Ingress for both services. Default: none."),
      trustedProxies: z
        .array(text(ADDRESSES).refine(isAddressOrRange, ADDRESSES), ADDRESSES)
        .exactOptional()
        .describe(
          "Proxies in front of both services, such as the Ingress controller's pods, whose `X-Forwarded-For` is trusted: the limits for each address then count the people behind them separately. Default: none.",
        ),
      streamsPerAddress: integer(1, 1_000_000)
        .exactOptional()
        .describe(
          "Event streams that one client address may have at each pod of kconsumer; more are answered 429. People who connect through a NodePort may all have the address of one node. Default: 1000.",
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
                "Seconds without a copied byte after which a move of partitions is given up. Kafka continues to copy, and the next `up` takes it over.",
              ),
            wait: flag()
              .default(true)
              .describe(
                "Whether `up` waits until partitions have moved. Otherwise Kafka continues by itself, and the Job `finish-rebalance` removes the throttle afterwards. Leaving brokers are always drained first.",
              ),
            diskLimit: integer(...BOUNDS.diskLimit)
              .default(DEFAULT_DISK_LIMIT)
              .describe(
                "Percent of a broker's disk that moves of partitions may fill, on the way and at the end. A move that would pass it is refused before anything moves; a disk that is above it already takes at most 64 MiB, up to 95 %.",
              ),
            evenBytes: flag()
              .default(false)
              .describe(
                "Whether brokers shall hold equally many bytes, too, within a tenth of the mean. Each keeps its number of partitions: large ones are swapped for small ones.",
              ),
          },
          "enabled, throttle, stallSeconds, wait, diskLimit and evenBytes",
        )
        .prefault({})
        .describe("Moving partitions when brokers are added or removed."),
      cordoned: z
        .array(integer(...BOUNDS.ordinal), "a list of the numbers of brokers")
        .default([])
        .describe(
          "Numbers of brokers that get no new replicas, and from which `finish` moves those that they have: for maintenance, or before they are removed. Kafka 4.3 and later.",
        ),
      jobDeadlineSeconds: integer(60, 604_800)
        .default(3600)
        .describe(
          "Accepted for older stack files, and without effect: a Job ends when it makes no progress (`operations.rebalance.stallSeconds`), not after a fixed time.",
        ),
      resources: resources({
        ...JOB_DEFAULTS,
        cpuLimit: "1, or the request where that is more, so that a ResourceQuota can count it",
      }).describe("Requests and limits of a Job's container."),
      restartBesideMissing: flag()
        .default(false)
        .describe(
          "Whether a change may restart servers while a server is missing that comes later in the order. Otherwise it is refused, because it would interrupt writers. For a change that repairs the missing server.",
        ),
    },
    "rebalance, cordoned, jobDeadlineSeconds, resources and restartBesideMissing",
  )
  .prefault({});
