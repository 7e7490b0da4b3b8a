const DECIMAL: Readonly<Record<string, number>> = { "": 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 };
const BINARY: Readonly<Record<string, number>> = {
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** The form of a Kubernetes quantity, for config schemas. */
export const QUANTITY_PATTERN = "^[0-9]+(\\.[0-9]+)?(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][+-]?[0-9]+)?$";

/**
 * The number that a Kubernetes quantity such as `500m`, `1.5Gi` or `1e9` stands for: cores or bytes.
 *
 * @returns undefined when `quantity` is not a quantity.
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function parseQuantity(quantity: string | number): number | undefined {
  if (typeof quantity === "number") return quantity;
  if (!new RegExp(QUANTITY_PATTERN).test(quantity)) return undefined;
  if (/[eE][+-]?[0-9]+$/.test(quantity)) return Number(quantity);
  const [, digits = "", suffix = ""] = /^([0-9.]+)([a-zA-Z]*)$/.exec(quantity) ?? [];
  return suffix === "m" ? Number(digits) / 1000 : Number(digits) * (BINARY[suffix] ?? DECIMAL[suffix] ?? Number.NaN);
}
