import type { V1Container, V1EnvVar, V1VolumeMount } from "@kubernetes/client-node";
import { mergeKey } from "./merge";
import { CONTAINERS, DIRECTORIES, VARIABLES } from "./reserved";
import type { PathProblem } from "./shape";

type Path = readonly (string | number)[];

/** The pod around a container. */
export interface Surrounding {
  /** Volumes of the overlay. */
  readonly volumes: ReadonlySet<string>;
  /** Ports of the stack's container: the containers of a pod share one address. */
  readonly ports: ReadonlySet<number>;
}

/** Problems of variables. @param own whether they are for the stack's container, which has variables of its own */
export function* variableRefusals(list: readonly V1EnvVar[] = [], path: Path, own: boolean): Iterable<PathProblem> {
  for (const [index, { name, value, valueFrom }] of list.entries()) {
    const at = [...path, index];
    if (own && VARIABLES.test(name))
      yield { path: [...at, "name"], message: `${name} is refused: the stack configures its container by it` };
    const sources = Object.values(valueFrom ?? {}).filter((source) => source !== undefined).length;
    if (valueFrom && (value !== undefined || sources !== 1))
      yield { path: at, message: "has one value: either value, or one source in valueFrom" };
  }
}

/** Problems of mounts. @param own whether they are for the stack's container, which has mounts of its own */
export function* mountRefusals(
  list: readonly V1VolumeMount[] = [],
  { volumes }: Surrounding,
  path: Path,
  own: boolean,
): Iterable<PathProblem> {
  for (const [index, { name, mountPath }] of list.entries()) {
    const met = own ? DIRECTORIES.find((directory) => meet(directory, mountPath)) : undefined;
    if (met !== undefined)
      yield { path: [...path, index, "mountPath"], message: `${mountPath} is refused: ${met} is the stack's own` };
    if (!volumes.has(name)) yield { path: [...path, index, "name"], message: `${name} is not a volume of the overlay` };
  }
}

/** Whether one directory is the other, or is inside it. */
function meet(a: string, b: string): boolean {
  const [one, other] = [a, b].map((path) => `${path.replace(/\/+/g, "/").replace(/\/$/, "")}/`) as [string, string];
  return one.startsWith(other) || other.startsWith(one);
}

/** Problems of further containers. */
export function* containerRefusals(
  list: readonly V1Container[] = [],
  surrounding: Surrounding,
  path: Path,
): Iterable<PathProblem> {
  for (const [index, container] of list.entries()) {
    const at = [...path, index];
    if (CONTAINERS.has(container.name))
      yield { path: [...at, "name"], message: `${container.name} is refused: it is a container of the stack's own` };
    for (const [place, { containerPort }] of (container.ports ?? []).entries()) {
      if (surrounding.ports.has(containerPort)) {
        const message = `${containerPort} is refused: the stack's container listens there`;
        yield { path: [...at, "ports", place, "containerPort"], message };
      }
    }
    yield* variableRefusals(container.env, [...at, "env"], false);
    yield* mountRefusals(container.volumeMounts, surrounding, [...at, "volumeMounts"], false);
    for (const field of ["env", "volumeMounts", "ports"] as const) {
      const keys = (container[field] ?? []).map((entry) => mergeKey(field, entry));
      for (const [place, key] of keys.entries()) {
        if (keys.indexOf(key) < place)
          yield { path: [...at, field, place], message: "is listed twice; each entry may be listed once" };
      }
    }
  }
}
