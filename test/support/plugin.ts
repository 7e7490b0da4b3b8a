import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { ConstructRequest, GetSchemaRequest } from "@pulumi/pulumi/proto/provider_pb";
import { start, type Running } from "kafka-stack-processes";
import {
  fromStruct,
  makeUrn,
  reveal,
  startMonitor,
  toStruct,
  type Answers,
  type Monitor,
  type PropertyMap,
  type Registration,
} from "kafka-stack-engine";
import { outputsOf } from "../../preview-pr/outputs";

/** Project and stack of programs that use a plugin. */
export const PROJECT = "elsewhere";
export const STACK = "test";

/** A resource that a program or a plugin registered. */
export interface Made extends Registration {
  readonly urn: string;
  /** Inputs as an API would get them: secrets are plain. */
  readonly plain: PropertyMap;
}

/** An engine for one run: it records what is registered, answers as if everything were made, and lets the plugin construct remote components. */
export class RecordingEngine implements Answers {
  readonly made: Made[] = [];
  readonly outputs: Record<string, PropertyMap> = {};
  readonly hooks: string[] = [];
  readonly logged: string[] = [];
  plugin: Plugin | undefined;
  private monitor: Monitor | undefined;

  /** Starts it. @returns its address */
  async start(): Promise<string> {
    this.monitor = await startMonitor(this);
    return this.monitor.address;
  }

  /** Ends it. */
  stop(): void {
    this.monitor?.stop();
  }

  async register(registration: Registration) {
    const { type, name, parent, inputs, custom } = registration;
    const plain = reveal(inputs);
    if (registration.remote) {
      const { urn, outputs } = await this.construct(registration);
      this.made.push({ ...registration, urn, plain });
      return { urn, id: "", outputs };
    }
    const urn = makeUrn(STACK, PROJECT, parent, type, name);
    if (this.made.some((one) => one.urn === urn)) throw new Error(`${urn} is registered twice`);
    this.made.push({ ...registration, urn, plain });
    if (!custom) return { urn, id: "", outputs: {} };
    return { urn, id: `${name}-id`, outputs: outputsOf({ type, name, inputs: plain }) };
  }

  registerOutputs(urn: string, outputs: PropertyMap): void {
    this.outputs[urn] = reveal(outputs);
  }

  registerHook(name: string): void {
    this.hooks.push(name);
  }

  log(_severity: unknown, message: string): void {
    this.logged.push(message);
  }

  read(): never {
    throw new Error("nothing is read");
  }

  invoke(token: string): never {
    throw new Error(`${token} needs a cluster`);
  }

  private construct(registration: Registration) {
    if (!this.plugin || !this.monitor) throw new Error(`there is no plugin for ${registration.type}`);
    return this.plugin.construct(registration, this.monitor.address);
  }
}

/** A running plugin. */
export class Plugin {
  private constructor(
    private readonly process: Running,
    private readonly client: ResourceProviderClient,
  ) {}

  /** Starts the plugin in a folder as Pulumi's language host for Node.js does. */
  static async start(folder: string, engine: string): Promise<Plugin> {
    const run = require.resolve("@pulumi/pulumi/cmd/run-plugin");
    const plugin = start(process.execPath, [run, folder, engine], { cwd: folder });
    const [, port = ""] = await plugin.says(/^(\d+)\n/, "output");
    const limits = { "grpc.max_receive_message_length": 400 * 1024 * 1024 };
    return new Plugin(
      plugin,
      new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), limits),
    );
  }

  /** Ends it. */
  stop(): void {
    this.client.close();
    this.process.kill();
  }

  /** What it says of itself. */
  async schema(): Promise<string> {
    const request = new GetSchemaRequest();
    return new Promise((resolve, reject) => {
      this.client.getSchema(request, (error, response) => {
        if (error) reject(error);
        else resolve(response.getSchema());
      });
    });
  }

  /** Lets it construct a component. @throws the plugin's error */
  async construct(
    { type, name, inputs, parent, dependencies, providers }: Registration,
    monitor: string,
  ): Promise<{ urn: string; outputs: PropertyMap }> {
    const request = new ConstructRequest();
    request.setProject(PROJECT);
    request.setStack(STACK);
    request.setOrganization("organization");
    request.setParallel(16);
    request.setMonitorendpoint(monitor);
    request.setType(type);
    request.setName(name);
    request.setParent(parent ?? "");
    request.setInputs(toStruct(inputs));
    request.setDependenciesList([...dependencies]);
    request.setAcceptsOutputValues(true);
    for (const [key, value] of Object.entries(providers)) request.getProvidersMap().set(key, value);
    return new Promise((resolve, reject) => {
      this.client.construct(request, (error, response) => {
        if (error) reject(error);
        else resolve({ urn: response.getUrn(), outputs: fromStruct(response.getState()) });
      });
    });
  }
}
