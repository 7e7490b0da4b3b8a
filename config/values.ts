import { z } from "zod";
import { BOUNDS, CPU, heapWords, LEAST_HEAP, oddNumber, SIZE, wholeNumber } from "../components/kubernetes/bounds";
import type { ContainerDefaults, ServerKind } from "../components/kubernetes/server-defaults";
import { isExact } from "./numbers";
import { valueAt } from "./problems";
import { isCpu, isSize, parseBytes, parseCpu, parseHeap } from "../components/kubernetes/quantities";

/*
 * The building blocks of the schema. Every error text completes the sentence "allowed is …".
 *
 * Values may come as text, because `pulumi config set replicas 4` stores the text `4`, and text as a number, because `pulumi config set --path
 * kafka.metadataVersion 4` stores a number. A value that does not convert is passed on unchanged, so that the error shows it as written.
 */

/** YAML parsers disagree on a leading zero: 012 is ten to some and twelve to others. */
const isOctal = (text: string): boolean => /^[+-]?0\d/.test(text);
/** Converts text with a number; leaves anything else. */
export const numberFromText = (value: unknown): unknown =>
  typeof value === "string" && isExact(value.trim()) && !isOctal(value.trim()) ? Number(value) : value;
/** Converts text with true or false; leaves anything else. */
export const booleanFromText = (value: unknown): unknown =>
  value === "true" ? true : value === "false" ? false : value;
/** Converts a number or boolean to text; leaves anything else. */
export const textFromNumber = (value: unknown): unknown =>
  typeof value === "number" || typeof value === "boolean" ? String(value) : value;

/** A whole number between two inclusive bounds. */
export function integer(min: number, max: number) {
  const allowed = wholeNumber(min, max);
  return z.preprocess(numberFromText, z.int(allowed).min(min, allowed).max(max, allowed));
}

/** An odd number between two bounds: a quorum of 2n servers survives no more losses than one of 2n-1. */
export function odd(min: number, max: number) {
  const allowed = oddNumber(min, max);
  const isOdd = (value: number): boolean => value % 2 === 1;
  return z.preprocess(numberFromText, z.int(allowed).min(min, allowed).max(max, allowed).refine(isOdd, allowed));
}

/** `true` or `false`. */
export const flag = () => z.preprocess(booleanFromText, z.boolean("true or false"));

/** Text that is not empty or blank. */
export const text = (allowed = "text that is not empty") =>
  z.preprocess(textFromNumber, z.string(allowed).regex(/\S/, allowed));

/** Text of a fixed form. */
export const pattern = (form: RegExp, allowed: string) =>
  z.preprocess(textFromNumber, z.string(allowed).regex(form, allowed));

/** Text that fits. @param form what a schema for editors can say of it */
export const checked = (isFine: (value: string) => boolean, allowed: string, form?: RegExp) => {
  const base = z.string(allowed);
  return z.preprocess(textFromNumber, (form ? base.regex(form, allowed) : base).refine(isFine, allowed));
};

const URL_FORM = /^https?:\/\/[^\s/?#]\S*$/;

/** Whether a text is the URL of a web server. */
export const isUrl = (value: string): boolean => URL_FORM.test(value) && URL.canParse(value);

/** A URL. */
export const url = () => checked(isUrl, "an http or https URL", URL_FORM);

/** A size in bytes in Kubernetes' form, such as `3Gi`. */
export const size = () => checked(isSize, SIZE);

/** CPU cores in Kubernetes' form, such as `250m` or `2`. */
export const cpu = () => checked(isCpu, CPU);

/** The JVM heap of a kind of server, such as `512m` or `4g`. */
export const heap = (kind: ServerKind) =>
  checked((value) => (parseHeap(value) ?? 0) >= LEAST_HEAP[kind], heapWords(kind));

/** A NodePort. */
export const nodePort = () => integer(...BOUNDS.nodePort);

/** A value for the stack's encrypted config (`pulumi config set --secret --path …`); errors do not show it. */
export const secret = (form?: RegExp, allowed?: string) =>
  (form === undefined ? text(allowed) : pattern(form, allowed ?? String(form))).meta({ secret: true });

/** The defaults of one kind of container. */
interface ResourceDefaults extends ContainerDefaults {
  /** The default CPU limit, in words. @default no limit */
  readonly cpuLimit?: string;
}

/** A default request gives way to a lower written limit, because nobody wrote the request and it could not be met. */
const withinLimits =
  (defaults: ContainerDefaults) =>
  (value: unknown): unknown => {
    const lower = Object.fromEntries(
      (
        [
          ["cpu", defaults.cpu, parseCpu],
          ["memory", defaults.memory, parseBytes],
          ["ephemeral-storage", defaults.ephemeralStorage, parseBytes],
        ] as const
      ).flatMap(([name, preset, parse]) => {
        const limit = textFromNumber(valueAt(value, ["limits", name]));
        const bound = typeof limit === "string" ? parse(limit) : undefined;
        return bound !== undefined && bound > 0 && bound < (parse(preset) ?? 0) ? [[name, limit]] : [];
      }),
    );
    const requests = valueAt(value, ["requests"]) ?? {};
    if (Object.keys(lower).length === 0 || typeof requests !== "object") return value;
    return { ...(value as object), requests: { ...lower, ...requests } };
  };

/** Requests and limits of a container. There is no CPU limit by default: a throttled broker stalls all its clients. */
export const resources = (defaults: ResourceDefaults) =>
  z.preprocess(withinLimits(defaults), limitsAndRequests(defaults)).prefault({});

const limitsAndRequests = (defaults: ResourceDefaults) =>
  z.strictObject(
    {
      requests: z
        .strictObject(
          {
            cpu: cpu().default(defaults.cpu).describe("CPU that the scheduler reserves."),
            memory: size().default(defaults.memory).describe("Memory that the scheduler reserves."),
            "ephemeral-storage": size()
              .default(defaults.ephemeralStorage)
              .describe("Node disk for logs and temporary files that the scheduler reserves."),
          },
          "a map of quantities",
        )
        .prefault({})
        .describe("What the scheduler reserves for the container."),
      limits: z
        .strictObject(
          {
            cpu: cpu()
              .exactOptional()
              .describe(`CPU above which the container is throttled. Default: ${defaults.cpuLimit ?? "no limit"}.`),
            memory: size().default(defaults.memoryLimit).describe("Memory above which the container is killed."),
            "ephemeral-storage": size()
              .default(defaults.ephemeralStorage)
              .describe("Node disk for logs and temporary files above which the pod is evicted."),
          },
          "a map of quantities",
        )
        .prefault({})
        .describe("The most that the container may use."),
    },
    "requests and limits",
  );

/** Parsed container resources of {@link resources}, in Kubernetes' form. */
export type Resources = z.output<ReturnType<typeof resources>>;
