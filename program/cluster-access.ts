import { clusterProviders, type Providers } from "../components";
import type { StackConfig } from "../config";

/** The providers of the stack's cluster. */
export const providersOf = ({ cluster }: StackConfig): Providers => clusterProviders("kubernetes", cluster);

export type { Providers };
