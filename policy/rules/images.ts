import { type ImageReference, parseImage } from "../model/image";
import { matchesAny } from "../model/pattern";
import { workloadPolicy } from "../model/policy";
import { list } from "../model/settings";
import type { Workload } from "../model/workload";

/** A tag can be moved; a digest always names the same bytes. */
export const imageDigestPinned = workloadPolicy({
  name: "image-digest-pinned",
  description: "Every image is pinned by its digest.",
  severity: "high",
  remediationSteps: "Name the image as registry/repository@sha256:…, for example by the repoDigest of docker.Image.",
  settings: {
    exemptImages: list([], "Images that need no digest, as registry/repository; * stands for any characters."),
  },
  check: (workload, report, { exemptImages }) => {
    for (const { container, image, reference } of images(workload)) {
      const exempt = matchesAny(exemptImages, `${reference.registry}/${reference.repository}`);
      if (!exempt && !/^sha256:[0-9a-f]{64}$/.test(reference.digest ?? "")) {
        report(`container ${container}: image ${image} has no digest`);
      }
    }
  },
});

/** An image from an unknown registry is unreviewed code in the cluster. */
export const imageRegistryAllowed = workloadPolicy({
  name: "image-registry-allowed",
  description: "Every image comes from an allowed registry.",
  severity: "high",
  remediationSteps:
    "Copy the image to an allowed registry, or add its registry to allowedRegistries in the pack's config.",
  settings: {
    allowedRegistries: list(
      [],
      "Where images may come from, as a registry or registry/repository; * stands for any characters. Empty allows all.",
    ),
  },
  check: (workload, report, { allowedRegistries }) => {
    if (allowedRegistries.length === 0) {
      return;
    }
    for (const { container, image, reference } of images(workload)) {
      const names = [reference.registry, `${reference.registry}/${reference.repository}`];
      if (!names.some((name) => matchesAny(allowedRegistries, name))) {
        report(`container ${container}: image ${image} is from none of ${allowedRegistries.join(", ")}`);
      }
    }
  },
});

/** `latest` changes without a change of the stack. */
export const imageTagNotLatest = workloadPolicy({
  name: "image-tag-not-latest",
  description: "No image has the tag latest, said or implied.",
  severity: "medium",
  remediationSteps: "Give the image a tag that says its version, or a digest.",
  check: (workload, report) => {
    for (const { container, image, reference } of images(workload)) {
      if (reference.tag === "latest") {
        report(`container ${container}: image ${image} has the tag latest`);
      } else if (reference.tag === undefined && reference.digest === undefined) {
        report(`container ${container}: image ${image} has no tag, which means latest`);
      }
    }
  },
});

/** The images of a workload that are known. */
function images(workload: Workload): { container: string; image: string; reference: ImageReference }[] {
  return workload.containers.flatMap(({ name, value }) => {
    const image = value.at("image").text;
    return image === undefined ? [] : [{ container: name, image, reference: parseImage(image) }];
  });
}
