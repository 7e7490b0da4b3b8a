/**
 * Pulumi's builtin resource `pulumi:index:Stash`, which keeps a value in the state: `output` is the first one, `input` the latest.
 *
 * @see https://github.com/pulumi/pulumi/blob/master/pkg/resource/deploy/builtins.go
 */
import { randomUUID } from "node:crypto";
import { diff } from "./paths";
import type { Difference, Made, Operation, Provider, Subject } from "./provider";
import type { ResourceState } from "./state";
import type { PropertyMap } from "./values";

/** Makes stashes, which exist only in the state. */
export class StashProvider implements Provider {
  check({ type }: Subject, inputs: PropertyMap): Promise<PropertyMap> {
    if (type !== "pulumi:index:Stash") {
      return Promise.reject(new Error(`the engine stand-in has no resource ${type}`));
    }
    const keys = Object.keys(inputs).join(", ");
    return keys === "input"
      ? Promise.resolve(inputs)
      : Promise.reject(
          new Error(`a stash has the property input and no other (it has ${keys === "" ? "none" : keys})`),
        );
  }

  diff(_subject: Subject, old: ResourceState, inputs: PropertyMap): Promise<Difference> {
    return Promise.resolve({ changes: diff(old.inputs, inputs), replace: [], deleteBeforeReplace: false });
  }

  create({ inputs, preview }: Operation): Promise<Made> {
    const { input = null } = inputs;
    return Promise.resolve({ id: preview ? "" : randomUUID(), outputs: { input, output: input } });
  }

  update({ inputs, old }: Operation & { old: ResourceState }): Promise<PropertyMap> {
    return Promise.resolve({ input: inputs["input"] ?? null, output: old.outputs["output"] ?? null });
  }

  delete(): Promise<void> {
    return Promise.resolve();
  }

  read(): Promise<PropertyMap> {
    return Promise.reject(new Error("a stash exists only in the state"));
  }
}
