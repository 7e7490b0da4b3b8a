import type { Refused } from "./refused/case";
import { ACCESS } from "./refused/access";
import { CLUSTER } from "./refused/cluster";
import { IMAGES } from "./refused/images";
import { KEYS } from "./refused/keys";
import { MONITORING } from "./refused/monitoring";
import { PODS } from "./refused/pods";
import { RESOURCES } from "./refused/resources";
import { SERVICES } from "./refused/services";
import { SETTINGS } from "./refused/settings";
import { STORAGE } from "./refused/storage";
import { TOPICS } from "./refused/topics";
import { VERSIONS } from "./refused/versions";

export type { Refused };

/** Bad configs by their fault. */
export const REFUSED: Readonly<Record<string, readonly Refused[]>> = {
  ...ACCESS,
  ...CLUSTER,
  ...IMAGES,
  ...KEYS,
  ...MONITORING,
  ...PODS,
  ...RESOURCES,
  ...SERVICES,
  ...SETTINGS,
  ...STORAGE,
  ...TOPICS,
  ...VERSIONS,
};
