import * as pulumi from "@pulumi/pulumi";
import { createHash } from "node:crypto";
import {
  htpasswd,
  Image,
  kafkaImageSource,
  PullSecret,
  Registry,
  SecuredNamespace,
  servicesImageSource,
  type ImageSource,
} from "../components";
import type { StackConfig } from "../config";
import type { Providers } from "./cluster-access";
import type { Ground } from "./ground";

/** The registry, unless an existing one is used, and the images in it. */
export function images(config: StackConfig, clusterId: string, place: Ground, { kubernetes }: Providers) {
  const { cluster, images: built, kafka, registry, secrets } = config;
  const instance = pulumi.getStack();
  const onCluster = { providers: [kubernetes] };
  const credentials =
    registry.username !== undefined && secrets.registryPassword !== undefined
      ? { username: registry.username, password: secrets.registryPassword }
      : undefined;
  const pullSecret = (name: string, namespace: pulumi.Input<string>) =>
    credentials && registry.pullWithPassword
      ? new PullSecret(name, { namespace, instance, pullAddress: registry.pullAddress, ...credentials }, onCluster)
          .secretName
      : undefined;
  const ready = registry.external
    ? []
    : [
        new Registry(
          "registry",
          {
            ...registry,
            instance,
            namespace: new SecuredNamespace(
              "registry",
              { name: `${cluster.namespace}-registry`, instance, cluster },
              { ...onCluster, dependsOn: place.agreed },
            ).namespace,
            haSharedSecret:
              secrets.registryHaSharedSecret ??
              pulumi.secret(createHash("sha256").update(`registry ${clusterId}`).digest("hex")),
            htpasswd: credentials?.password.apply((password) => htpasswd(credentials.username, password, clusterId)),
          },
          onCluster,
        ),
      ];
  const image = (repository: string, source: ImageSource) =>
    new Image(
      `${repository}-image`,
      { repository, registry: { ...registry, ...credentials }, platform: built.platform, ...source },
      { dependsOn: ready },
    ).reference;
  return {
    kafka:
      built.kafka ??
      image("kafka", kafkaImageSource({ ...built.baseImages, version: kafka.version, mavenMirror: built.mavenMirror })),
    services: built.services ?? image("services", servicesImageSource(built.baseImages)),
    /** Secrets with which pods pull the images, where the registry asks for a password. */
    pullSecret: pullSecret("registry-pull", place.namespace),
    volumesPullSecret: pullSecret("registry-pull-volumes", place.volumesNamespace),
  };
}

/** The images of a stack. */
export type Images = ReturnType<typeof images>;
