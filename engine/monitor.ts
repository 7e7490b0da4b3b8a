/** The gRPC services that a Pulumi program talks to: the resource monitor and the engine. */
import * as grpc from "@grpc/grpc-js";
import * as enginegrpc from "@pulumi/pulumi/proto/engine_grpc_pb";
import * as engine from "@pulumi/pulumi/proto/engine_pb";
import * as resourcegrpc from "@pulumi/pulumi/proto/resource_grpc_pb";
import * as resource from "@pulumi/pulumi/proto/resource_pb";
import * as empty from "google-protobuf/google/protobuf/empty_pb";
import { Stopped, type Deployment } from "./deployment";
import { readHook } from "./hooks";
import { readRegistration } from "./registration";
import { fromStruct, normalize, reveal, toStruct } from "./values";

/** The part of a deployment that programs use. Because the monitor depends on nothing else, the compiler checks that a substitute is complete. */
export type Answers = Pick<Deployment, "register" | "registerHook" | "registerOutputs" | "read" | "invoke" | "log">;

/** A running server. */
export interface Monitor {
  /** Its address, `host:port`. */
  readonly address: string;
  /** Ends it at once. */
  stop(): void;
}

const FEATURES = [
  "secrets",
  "resourceReferences",
  "outputValues",
  "aliasSpecs",
  "deletedWith",
  "replaceWith",
  "resourceHooks",
];

// Kubernetes manifests can be long; this is the SDK's own limit.
const OPTIONS = { "grpc.max_receive_message_length": 400 * 1024 * 1024 };

/** Starts the services for one run of a program on a free port of the loopback interface. */
export async function startMonitor(deployment: Answers): Promise<Monitor> {
  const server = new grpc.Server(OPTIONS);
  server.addService(resourcegrpc.ResourceMonitorService, monitorOf(deployment));
  server.addService(enginegrpc.EngineService, engineOf(deployment));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error) {
        reject(error);
      } else {
        resolve(bound);
      }
    });
  });
  return {
    address: `127.0.0.1:${port}`,
    stop: () => {
      server.forceShutdown();
    },
  };
}

type Handler<Q, S> = grpc.handleUnaryCall<Q, S>;

/** Makes an async function a gRPC handler. A stopped deployment looks like a closing monitor, which ends the program. */
function unary<Q, S>(handle: (request: Q) => Promise<S> | S): Handler<Q, S> {
  return (call, callback) => {
    Promise.resolve()
      .then(() => handle(call.request))
      .then(
        (response) => {
          callback(null, response);
        },
        (error: unknown) => {
          const code = error instanceof Stopped ? grpc.status.UNAVAILABLE : grpc.status.UNKNOWN;
          callback({ code, details: error instanceof Error ? error.message : String(error) });
        },
      );
  };
}

function unsupported<Q, S>(what: string): Handler<Q, S> {
  return (_, callback) => {
    callback({ code: grpc.status.UNIMPLEMENTED, details: `${what} is not supported by the engine stand-in` });
  };
}

function monitorOf(deployment: Answers): resourcegrpc.IResourceMonitorServer {
  return {
    // Deliberately not implemented: the SDK then asks for each feature by name.
    getDeploymentInfo: unsupported("getDeploymentInfo"),
    supportsFeature: unary((request: resource.SupportsFeatureRequest) => {
      const response = new resource.SupportsFeatureResponse();
      response.setHassupport(FEATURES.includes(request.getId()));
      return response;
    }),
    registerResource: unary(async (request: resource.RegisterResourceRequest) => {
      const registered = await deployment.register(readRegistration(request));
      const response = new resource.RegisterResourceResponse();
      response.setUrn(registered.urn);
      response.setId(registered.id);
      response.setObject(toStruct(registered.outputs));
      return response;
    }),
    registerResourceOutputs: unary((request: resource.RegisterResourceOutputsRequest) => {
      deployment.registerOutputs(request.getUrn(), fromStruct(request.getOutputs()));
      return new empty.Empty();
    }),
    readResource: unary(async (request: resource.ReadResourceRequest) => {
      const read = await deployment.read({
        type: request.getType(),
        name: request.getName(),
        id: request.getId(),
        parent: request.getParent(),
        provider: request.getProvider(),
        inputs: normalize(fromStruct(request.getProperties())),
      });
      const response = new resource.ReadResourceResponse();
      response.setUrn(read.urn);
      response.setProperties(toStruct(read.outputs));
      return response;
    }),
    invoke: unary((request: resource.ResourceInvokeRequest) => {
      const response = new resource.ResourceInvokeResponse();
      response.setReturn(
        toStruct(deployment.invoke(request.getTok(), reveal(normalize(fromStruct(request.getArgs()))))),
      );
      return response;
    }),
    call: unsupported("calling a method of a resource"),
    existsResource: unsupported("asking whether a resource exists"),
    registerStackTransform: unsupported("a resource transform"),
    registerStackInvokeTransform: unsupported("an invoke transform"),
    registerResourceHook: unary((request: resource.RegisterResourceHookRequest) => {
      const [name, hook] = readHook(request);
      deployment.registerHook(name, hook);
      return new empty.Empty();
    }),
    registerErrorHook: unsupported("an error hook"),
    registerPackage: unsupported("a parameterized package"),
    signalAndWaitForShutdown: unary(() => new empty.Empty()),
  };
}

function engineOf(deployment: Answers): enginegrpc.IEngineServer {
  let root = "";
  return {
    log: unary((request: engine.LogRequest) => {
      deployment.log(request.getSeverity(), request.getMessage(), request.getUrn());
      return new empty.Empty();
    }),
    getRootResource: unary(() => {
      const response = new engine.GetRootResourceResponse();
      response.setUrn(root);
      return response;
    }),
    setRootResource: unary((request: engine.SetRootResourceRequest) => {
      root = request.getUrn();
      return new engine.SetRootResourceResponse();
    }),
    startDebugging: unsupported("debugging"),
    requirePulumiVersion: unary(() => new engine.RequirePulumiVersionResponse()),
  };
}
