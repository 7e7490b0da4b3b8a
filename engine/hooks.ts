/** Hooks: functions of the program that the engine calls before it changes a resource, and that may refuse the change. */
import * as grpc from "@grpc/grpc-js";
import { CallbacksClient } from "@pulumi/pulumi/proto/callback_grpc_pb";
import * as callback from "@pulumi/pulumi/proto/callback_pb";
import * as resource from "@pulumi/pulumi/proto/resource_pb";
import { nameOf } from "./urn";
import { toStruct, type PropertyMap } from "./values";

/** A hook that the program registered. */
export interface Hook {
  /** The program's address for callbacks. */
  readonly target: string;
  /** Identifies the function in the program. */
  readonly token: string;
  /** Whether previews call it too. */
  readonly onDryRun: boolean;
}

/** Reads the registration of a hook. */
export function readHook(request: resource.RegisterResourceHookRequest): [name: string, hook: Hook] {
  const function_ = request.getCallback();
  return [
    request.getName(),
    { target: function_?.getTarget() ?? "", token: function_?.getToken() ?? "", onDryRun: request.getOnDryRun() },
  ];
}

/** The arguments of a hook. */
export interface Occasion {
  readonly urn: string;
  readonly type: string;
  readonly newInputs: PropertyMap;
  /** The previous state; absent before a creation. */
  readonly old?: { readonly id?: string; readonly inputs: PropertyMap; readonly outputs: PropertyMap };
}

/** Calls a hook. @throws the hook's error */
export async function callHook({ target, token }: Hook, occasion: Occasion): Promise<void> {
  const { urn, type, newInputs, old } = occasion;
  const request = new resource.ResourceHookRequest();
  request.setUrn(urn);
  request.setId(old?.id ?? "");
  request.setName(nameOf(urn));
  request.setType(type);
  request.setNewInputs(toStruct(newInputs));
  if (old !== undefined) {
    request.setOldInputs(toStruct(old.inputs));
    request.setOldOutputs(toStruct(old.outputs));
  }
  const call = new callback.CallbackInvokeRequest();
  call.setToken(token);
  call.setRequest(request.serializeBinary());
  const client = new CallbacksClient(target, grpc.credentials.createInsecure());
  try {
    const answer = await new Promise<callback.CallbackInvokeResponse>((resolve, reject) => {
      client.invoke(call, (error, response) => {
        if (error) {
          reject(error);
        } else {
          resolve(response);
        }
      });
    });
    const { error } = resource.ResourceHookResponse.deserializeBinary(answer.getResponse_asU8()).toObject();
    if (error !== "") {
      throw new Error(error);
    }
  } finally {
    client.close();
  }
}
