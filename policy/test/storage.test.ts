import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { after } from "mocha";

import * as rules from "../rules/storage";
import { type Json, persistentVolume, resource, statefulSet, unknown } from "./builders";
import { expectations, fails, passes, waits } from "./expectations";

const storageClass = (reclaimPolicy?: string) =>
  resource("kubernetes:storage.k8s.io/v1:StorageClass", "fast", { metadata: { name: "fast" }, reclaimPolicy });

const claim = (storage: string, spec: Record<string, Json> = {}) =>
  resource("kubernetes:core/v1:PersistentVolumeClaim", "data-broker-0", {
    metadata: { name: "data-broker-0", namespace: "kafka" },
    spec: { resources: { requests: { storage } }, accessModes: ["ReadWriteOnce"], ...spec },
  });

expectations(
  rules.dataVolumeRetained,
  fails(
    "with a volume that is deleted with its claim",
    persistentVolume({ persistentVolumeReclaimPolicy: "Delete" }),
    /^PersistentVolume data-broker-0: spec\.persistentVolumeReclaimPolicy is Delete, not Retain$/,
  ),
  fails(
    "with claims that go with their servers",
    statefulSet({ spec: { persistentVolumeClaimRetentionPolicy: { whenScaled: "Delete" } } }),
    /persistentVolumeClaimRetentionPolicy\.whenScaled is Delete/,
  ),
  fails(
    "with a claim that the stack deletes once its server has left",
    resource("kubernetes:core/v1:PersistentVolumeClaim", "data-0-broker-0", {
      metadata: {
        ...{ name: "data-0-broker-0", namespace: "kafka" },
        annotations: { "kafka-stack/when-scaled": "delete" },
      },
      spec: {},
    }),
    /Claim kafka\/data-0-broker-0: it is deleted when its server leaves \(storage\.whenScaled\)/,
  ),
  fails("with a class that says nothing", storageClass(), /reclaimPolicy is Delete by default, not Retain/),
  passes("with Retain", [persistentVolume(), statefulSet(), storageClass("Retain")]),
  passes("with Kubernetes' defaults", [
    persistentVolume({ persistentVolumeReclaimPolicy: undefined }),
    statefulSet({ spec: { persistentVolumeClaimRetentionPolicy: undefined } }),
  ]),
  waits("it is unknown", [persistentVolume({ persistentVolumeReclaimPolicy: unknown }), storageClass(unknown)]),
);

expectations(
  rules.dataVolumeSizeMinimum,
  fails(
    "with a small volume",
    persistentVolume({ capacity: { storage: "3Gi" } }),
    /its capacity is 3Gi, less than 10Gi/,
  ),
  fails("with a small claim", claim("500Mi"), /the requested size is 500Mi, less than 1Gi/, { minSize: "1Gi" }),
  fails(
    "with a small claim template",
    statefulSet({
      spec: {
        volumeClaimTemplates: [{ metadata: { name: "data" }, spec: { resources: { requests: { storage: "1G" } } } }],
      },
    }),
    /the size of claim data is 1G, less than 10Gi/,
  ),
  passes("with enough", [persistentVolume(), claim("10Gi"), statefulSet()]),
  passes(
    "a template that only names claims",
    statefulSet({
      spec: {
        volumeClaimTemplates: [
          { metadata: { name: "data" }, spec: { storageClassName: "", resources: { requests: { storage: "1Gi" } } } },
        ],
      },
    }),
  ),
  waits("the size is unknown", [claim(unknown), persistentVolume({ capacity: unknown })]),
);

expectations(
  rules.dataVolumeNotHostPath,
  fails(
    "with a directory of a node",
    persistentVolume({ nfs: undefined, hostPath: { path: "/data/0" } }),
    /its data is in the directory \/data\/0 of a node/,
  ),
  fails("in a stack that is not allowed", persistentVolume({ hostPath: { path: "/data" } }), /of a node/, {
    allowedStacks: ["dev"],
  }),
  passes("with NFS", persistentVolume()),
  passes("in an allowed stack", persistentVolume({ hostPath: { path: "/data" } }, "dev"), { allowedStacks: ["dev"] }),
  waits("it is unknown", persistentVolume({ nfs: undefined, hostPath: unknown })),
);

expectations(
  rules.dataNotInEmptyDir,
  fails(
    "without any claim",
    statefulSet({ spec: { volumeClaimTemplates: undefined } }),
    /it mounts no PersistentVolumeClaim, so its data is gone with its pods/,
  ),
  fails(
    "with an emptyDir where data is",
    statefulSet({ container: { volumeMounts: [{ name: "tmp", mountPath: "/var/lib/kafka" }] } }),
    /container main has an emptyDir at \/var\/lib\/kafka/,
  ),
  passes("with a claim", statefulSet()),
  passes(
    "with a volume that is a claim",
    statefulSet({
      spec: { volumeClaimTemplates: [] },
      pod: { volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data" } }] },
    }),
  ),
  passes("in an allowed stack", statefulSet({ stack: "dev", spec: { volumeClaimTemplates: [] } }), {
    allowedStacks: ["dev"],
  }),
  waits("the volumes are unknown", statefulSet({ spec: { volumeClaimTemplates: [] }, pod: { volumes: unknown } })),
);

const stateFile = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "policy-")), "production.json");
const recorded = [persistentVolume(), claim("10Gi", { volumeName: "data-broker-0" }), statefulSet()];
fs.writeFileSync(
  stateFile,
  JSON.stringify({
    deployment: { resources: recorded.map(({ urn, type, props }) => ({ urn, type, inputs: props })) },
  }),
);
after(() => {
  fs.rmSync(path.dirname(stateFile), { recursive: true });
});
const settings = { stateFile: stateFile.replace("production", "{stack}") };

expectations(
  rules.dataVolumeNotReplaced,
  fails(
    "when a volume moves",
    persistentVolume({ nfs: { server: "nfs-9" } }),
    /spec\.nfs changes, which replaces it/,
    settings,
  ),
  fails(
    "when a volume gets another backend",
    persistentVolume({ nfs: undefined, hostPath: { path: "/data" } }),
    /spec\.nfs changes/,
    settings,
  ),
  fails(
    "when a claim or a claim template changes",
    [claim("10Gi", { volumeName: "other" }), statefulSet({ spec: { volumeClaimTemplates: [] } })],
    [/Claim kafka\/data-broker-0: spec\.volumeName changes/, /StatefulSet kafka\/broker: spec\.volumeClaimTemplates/],
    settings,
  ),
  fails(
    "when the namespace gets another name",
    [
      resource("kubernetes:core/v1:PersistentVolumeClaim", "data-broker-0", {
        metadata: { name: "data-broker-0", namespace: "other" },
        spec: {
          accessModes: ["ReadWriteOnce"],
          volumeName: "data-broker-0",
          resources: { requests: { storage: "10Gi" } },
        },
      }),
      statefulSet({ metadata: { namespace: "other" } }),
    ],
    [
      /Claim other\/data-broker-0: metadata\.namespace changes/,
      /StatefulSet other\/broker: metadata\.namespace changes/,
    ],
    settings,
  ),
  fails(
    "when a volume moves that another component has now",
    {
      ...persistentVolume({ nfs: { server: "nfs-9" } }),
      urn: "urn:pulumi:production::project::moved$kubernetes:core/v1:PersistentVolume::moved",
    },
    /spec\.nfs changes, which replaces it/,
    settings,
  ),
  passes("when nothing changes", recorded, settings),
  passes("when a volume grows", persistentVolume({ capacity: { storage: "200Gi" } }), settings),
  passes("for a volume that is new", resource("kubernetes:core/v1:PersistentVolume", "new", { spec: {} }), settings),
  passes("for a stack that never was up", persistentVolume({ nfs: { server: "nfs-9" } }, "new"), settings),
  passes("when nothing was recorded", persistentVolume({ nfs: { server: "nfs-9" } })),
  waits("the place is unknown", persistentVolume({ nfs: unknown }), settings),
);
