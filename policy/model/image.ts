/** A container image's name, in parts. */
export interface ImageReference {
  /** Host of the registry, with its port; `docker.io` when the name has none. */
  readonly registry: string;
  /** Path within the registry, such as `library/registry`. */
  readonly repository: string;
  readonly tag: string | undefined;
  /** Such as `sha256:…`. */
  readonly digest: string | undefined;
}

/**
 * Takes an image's name apart by the rules of container runtimes: what stands before the first slash is a registry only
 * if it has a dot or a colon or is `localhost`.
 *
 * @see https://github.com/distribution/reference
 */
export function parseImage(image: string): ImageReference {
  const [withTag = "", digest] = image.split("@", 2);
  const lastSlash = withTag.lastIndexOf("/");
  const colon = withTag.indexOf(":", lastSlash + 1);
  const name = colon < 0 ? withTag : withTag.slice(0, colon);
  const tag = colon < 0 ? undefined : withTag.slice(colon + 1);
  const firstSlash = name.indexOf("/");
  const host = name.slice(0, Math.max(firstSlash, 0));
  if (host.includes(".") || host.includes(":") || host === "localhost") {
    return { registry: host, repository: name.slice(firstSlash + 1), tag, digest };
  }
  return { registry: "docker.io", repository: firstSlash < 0 ? `library/${name}` : name, tag, digest };
}
