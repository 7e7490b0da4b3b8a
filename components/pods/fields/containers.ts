import { isImage } from "../../kubernetes/image-names";
import { flag, list, object, oneOf, text, whole } from "../shape";
import { anyText, fieldRefs, name, objectName, path, portName, resources, RESTRICTED, texts } from "./forms";
import { handler, readiness, restarting } from "./probes";
import { containerSecurity } from "./security";
import { volumeMounts } from "./volumes";

const reference = { "key!": text(), "name!": objectName, optional: flag };
/** Environment variables. */
export const env = list(
  object({
    "name!": text("the name of an environment variable", /^[A-Za-z_.-][\w.-]*$/),
    value: anyText,
    valueFrom: object({
      secretKeyRef: object(reference),
      configMapKeyRef: object(reference),
      ...fieldRefs,
    }),
  }),
  "a list of environment variables",
);
const envFrom = list(
  object({
    prefix: anyText,
    secretRef: object({ "name!": objectName, optional: flag }),
    configMapRef: object({ "name!": objectName, optional: flag }),
  }),
  "a list of Secrets and ConfigMaps",
);

/** The fields of a container. */
export const container = {
  "name!": name,
  "image!": { ...text("the name of an image"), fits: isImage },
  imagePullPolicy: oneOf("Always", "IfNotPresent", "Never"),
  command: texts,
  args: texts,
  workingDir: path,
  env,
  envFrom,
  ports: list(
    object(
      { "containerPort!": whole(1, 65_535), name: portName, protocol: oneOf("TCP", "UDP", "SCTP") },
      { hostPort: RESTRICTED, hostIP: RESTRICTED },
    ),
    "a list of ports",
  ),
  resources,
  volumeMounts,
  lifecycle: object({ postStart: handler, preStop: handler }),
  startupProbe: restarting,
  readinessProbe: readiness,
  livenessProbe: restarting,
  securityContext: containerSecurity,
  terminationMessagePath: path,
  terminationMessagePolicy: oneOf("File", "FallbackToLogsOnError"),
};
