import type { V1Container, V1EnvVar, V1VolumeMount } from "@kubernetes/client-node";
import { mergeKey } from "./merge";
import { CONTAINERS, DIRECTORIES, VARIABLES } from "./reserved";
import type { PathProblem } from "./shape";

type Path = readonly (string | number)[];

/** What there is around a container. */
export interface Surrounding {
  /** Volumes of the overlay. */
  readonly volumes: ReadonlySet<string>;
  /** Ports that the stack's container listens on: those of a pod are one address. */
  readonly ports: ReadonlySet<number>;
}

/** What is wrong with variables. @param own whether they are for the stack's container, which has some itself */
export function* variableRefusals(list: readonly V1EnvVar[] = [], path: Path, own: boolean): Iterable<PathProblem> {
  for (const [index, { name, value, valueFrom }] of list.entries()) {
    const at = [...path, index];
    if (own && VARIABLES.test(name))
      yield { path: [...at, "name"], message: `${name} is refused: the stack's container is told by it what it is` };
    const sources = Object.values(valueFrom ?? {}).filter((source) => source !== undefined).length;
    if (valueFrom && (value !== undefined || sources !== 1))
      yield { path: at, message: "has one value: either value, or one source in valueFrom" };
  }
}

/** What is wrong with mounts. @param own whether they are for the stack's container, which has some itself */
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
    if (!volumes.has(name))
      yield { path: [...path, index, "name"], message: `${name} is none of the volumes that the overlay has` };
  }
}

/** Whether one directory is in the other, or is the other. */
function meet(a: string, b: string): boolean {
  const [one, other] = [a, b].map((path) => `${path.replace(/\/+/g, "/").replace(/\/$/, "")}/`) as [string, string];
  return one.startsWith(other) || other.startsWith(one);
}

/** What is wrong with further containers. */
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
          yield { path: [...at, field, place], message: "is there twice; each entry may be there once" };
      }
    }
  }
}
