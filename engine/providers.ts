/** Finds the provider of a type, configured by the program or the stack config. */
import { randomUUID } from "node:crypto";
import { diff } from "./paths";
import type { Difference, Made, Operation, Provider, Subject } from "./provider";
import type { ResourceState, StateFile } from "./state";
import { splitReference } from "./urn";
import { hasUnknown, reveal, UNKNOWN, type PropertyMap, type Value } from "./values";

/** Shared by all providers: the environment of tools and the default config of each package. */
export interface ProviderContext {
  /** The environment of tools (docker, helm) and of the kubeconfig lookup. */
  readonly env: NodeJS.ProcessEnv;
  /** The stack config, `package:key` to value. */
  readonly config: Readonly<Record<string, string>>;
  /** The folder of Pulumi.yaml, to which paths are relative. */
  readonly root: string;
  readonly preview: boolean;
}

/** Creates the providers of one package. */
export interface ProviderFactory {
  /** Creates a provider from its config (with unknowns in a preview). */
  make(config: PropertyMap, context: ProviderContext): Provider;
  /** The config keys whose change replaces the provider, and with it all its resources. */
  replacedKeys(old: PropertyMap, config: PropertyMap, context: ProviderContext): string[];
}

/** Finds providers. */
export class Providers {
  private readonly known = new Map<string, Provider>();

  constructor(
    private readonly factories: Readonly<Record<string, ProviderFactory>>,
    private readonly state: StateFile,
    readonly context: ProviderContext,
  ) {}

  /**
   * The provider for resources of this type.
   *
   * @param reference the explicit provider, `urn::id`; absent for the default one
   * @throws when the stand-in has none, naming the type
   */
  get(type: string, reference: string | undefined): Provider {
    if (type.startsWith("pulumi:providers:")) {
      return this.own(type);
    }
    const name = type.split(":")[0] ?? "";
    const factory = this.factories[name];
    if (factory === undefined) {
      throw new Error(
        `the engine stand-in has no provider for the type ${type} (it has ${Object.keys(this.factories).join(", ")}); use the Pulumi CLI`,
      );
    }
    const key = reference ?? `default:${name}`;
    let provider = this.known.get(key);
    if (provider === undefined) {
      provider = factory.make(reference === undefined ? this.defaults(name) : this.configOf(reference), this.context);
      this.known.set(key, provider);
    }
    return provider;
  }

  /** Stores the config of an explicit provider in this run. */
  configure(urn: string, config: PropertyMap): void {
    this.configs.set(urn, config);
  }

  private readonly configs = new Map<string, PropertyMap>();

  private own(type: string): Provider {
    const name = type.slice("pulumi:providers:".length);
    const factory = this.factories[name];
    if (factory === undefined) {
      throw new Error(`the engine stand-in has no provider ${name}; use the Pulumi CLI`);
    }
    return new ProviderResource(this, factory);
  }

  private defaults(name: string): PropertyMap {
    const config: PropertyMap = {};
    for (const [key, value] of Object.entries(this.context.config)) {
      if (key.startsWith(`${name}:`)) {
        config[key.slice(name.length + 1)] = value;
      }
    }
    return config;
  }

  private configOf(reference: string): PropertyMap {
    const { urn, id } = splitReference(reference);
    // A replaced provider still deletes its resources, with its old config.
    const former = this.state.state.resources.find((resource) => resource.urn === urn && resource.id === id);
    const config = (former?.delete === true ? undefined : this.configs.get(urn)) ?? former?.inputs;
    if (config === undefined) {
      throw new Error(`its provider ${urn} is neither in the program nor in the state`);
    }
    return reveal(config);
  }
}

/** Providers are resources too; they only hold config. */
class ProviderResource implements Provider {
  constructor(
    private readonly providers: Providers,
    private readonly factory: ProviderFactory,
  ) {}

  check(_subject: Subject, inputs: PropertyMap): Promise<PropertyMap> {
    return Promise.resolve(inputs);
  }

  diff(subject: Subject, old: ResourceState, inputs: PropertyMap): Promise<Difference> {
    this.providers.configure(subject.urn, inputs);
    const keys = this.factory.replacedKeys(reveal(old.inputs), reveal(inputs), this.providers.context);
    return Promise.resolve({
      changes: diff(old.inputs, inputs),
      replace: keys.map((key) => [key]),
      deleteBeforeReplace: false,
    });
  }

  create(operation: Operation): Promise<Made> {
    this.providers.configure(operation.urn, operation.inputs);
    return Promise.resolve({ id: operation.preview ? UNKNOWN : randomUUID(), outputs: operation.inputs });
  }

  update(operation: Operation): Promise<PropertyMap> {
    this.providers.configure(operation.urn, operation.inputs);
    return Promise.resolve(operation.inputs);
  }

  delete(): Promise<void> {
    return Promise.resolve();
  }

  read(): Promise<PropertyMap> {
    return Promise.reject(new Error("providers cannot be read"));
  }
}

/**
 * A provider's setting. Settings that are not strings are JSON text in the config.
 *
 * @returns the value, `undefined` when it is not set or not known yet
 */
export function setting(config: PropertyMap, key: string): Value | undefined {
  const value = config[key];
  if (value === undefined || value === null || hasUnknown(value)) {
    return undefined;
  }
  if (typeof value === "string") {
    try {
      return JSON.parse(value) as Value;
    } catch {
      return value;
    }
  }
  return value;
}

/** A text setting, which is never read as JSON. */
export function textSetting(config: PropertyMap, key: string): string | undefined {
  const value = config[key];
  return typeof value === "string" && value !== "" && value !== UNKNOWN ? value : undefined;
}
