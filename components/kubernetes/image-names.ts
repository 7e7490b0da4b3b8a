/** Names of images and addresses of registries, as docker and the container runtimes read them: https://github.com/distribution/reference. */

const HOST =
  "(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\\[[0-9A-Fa-f:]+\\])";
const COMPONENT = "[a-z0-9]+(?:(?:\\.|_{1,2}|-+)[a-z0-9]+)*";
const PATH = `${COMPONENT}(?:/${COMPONENT})*`;
const TAG = "[\\w][\\w.-]{0,127}";
const DIGEST = "sha256:[0-9a-f]{64}";

const NAME = `(?:${HOST}(?::(?<port>\\d+))?/)?${PATH}`;
/** The form of an image's name. */
export const IMAGE = new RegExp(`^${NAME}(?::${TAG})?(?:@${DIGEST})?$`);
/** The form of an image's name with its digest. */
export const BY_DIGEST = new RegExp(`^${NAME}(?::${TAG})?@${DIGEST}$`);
/** The form of a registry's address. */
export const REGISTRY = new RegExp(`^${HOST}(?::(?<port>\\d+))?(?:/${PATH})?$`);

const matches = (form: RegExp) => (text: string) => {
  const found = form.exec(text);
  if (found === null) return false;
  const port = found.groups?.["port"];
  return port === undefined || (Number(port) >= 1 && Number(port) <= 65_535);
};

/** Whether a text names an image: a path in lower case, with or without a registry in front, and a tag or a digest behind. */
export const isImage = matches(IMAGE);

/** Whether a text names an image by its digest. */
export const isImageByDigest = matches(BY_DIGEST);

/** Whether a text is the address of a registry, with or without a path in it. */
export const isRegistry = matches(REGISTRY);
