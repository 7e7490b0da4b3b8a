import { exactlyOne, filled, flag, list, map, object, oneOf, text, whole, type Shape } from "../shape";
import { anyText, below, fieldRefs, key, labels, labelSelector, mode, name, objectName, path, quantity } from "./forms";

const items = list(object({ "key!": text(), "path!": below, mode }), "a list of keys with paths");
const downward = list(
  object({
    "path!": below,
    ...fieldRefs,
    mode,
  }),
  "a list of fields with paths",
);
const TYPES: Readonly<Record<string, Shape>> = {
  configMap: object({ "name!": objectName, items, optional: flag, defaultMode: mode }),
  secret: object({ "secretName!": objectName, items, optional: flag, defaultMode: mode }),
  emptyDir: object({ medium: oneOf("Memory"), sizeLimit: quantity }),
  persistentVolumeClaim: object({ "claimName!": objectName, readOnly: flag }),
  downwardAPI: object({ items: downward, defaultMode: mode }),
  projected: object({
    defaultMode: mode,
    "sources!": list(
      object(
        {
          configMap: object({ "name!": objectName, items, optional: flag }),
          secret: object({ "name!": objectName, items, optional: flag }),
          downwardAPI: object({ items: downward }),
          serviceAccountToken: object({ "path!": below, audience: text(), expirationSeconds: whole(600, 2 ** 31) }),
          clusterTrustBundle: object({
            "path!": below,
            name: objectName,
            signerName: text(),
            labelSelector,
            optional: flag,
          }),
        },
        {},
        exactlyOne("configMap", "secret", "downwardAPI", "serviceAccountToken", "clusterTrustBundle"),
      ),
      "a list of sources",
    ),
  }),
  csi: object({
    "driver!": objectName,
    fsType: text(),
    readOnly: flag,
    nodePublishSecretRef: object({ "name!": objectName }),
    volumeAttributes: map(anyText, "a map of texts"),
  }),
  ephemeral: object({
    "volumeClaimTemplate!": object({
      metadata: object({ labels, annotations: map(anyText, "a map of texts", key) }),
      "spec!": object({
        "accessModes!": filled(
          oneOf("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"),
          "a list of access modes",
        ),
        storageClassName: objectName,
        "resources!": object({
          requests: map(quantity, "a map of quantities"),
          limits: map(quantity, "a map of quantities"),
        }),
        volumeMode: oneOf("Filesystem", "Block"),
      }),
    }),
  }),
};

/** Types of volumes that `restricted` allows. */
export const VOLUME_TYPES: readonly string[] = Object.keys(TYPES);

/** Volumes of a pod. */
export const volumes = list(
  object(
    { "name!": name, ...TYPES },
    { hostPath: `the PodSecurity standard \`restricted\` allows ${VOLUME_TYPES.join(", ")}` },
  ),
  "a list of volumes",
);
/** Where a container has volumes. */
export const volumeMounts = list(
  object(
    { "name!": name, "mountPath!": path, subPath: below, subPathExpr: below, readOnly: flag },
    { mountPropagation: "it needs a privileged container" },
  ),
  "a list of mounts",
);
