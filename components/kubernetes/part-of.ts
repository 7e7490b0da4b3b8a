const LABEL = "app.kubernetes.io/part-of";
const STACK = "kafka-stack";

/** The label of everything that a stack creates. A StatefulSet gives its claims only the labels of its selector, so those that it makes lack it. */
export const PART_OF = { [LABEL]: STACK };

/** Selects everything that stacks created. */
export const PART_OF_SELECTOR = `${LABEL}=${STACK}`;

/** Whether an object has the label, with whatever value. */
export const hasPart = (labels: Readonly<Record<string, string>> | undefined): boolean => labels?.[LABEL] !== undefined;

/** Whether a stack created an object. */
export const isPart = (labels: Readonly<Record<string, string>> | undefined): boolean => labels?.[LABEL] === STACK;
