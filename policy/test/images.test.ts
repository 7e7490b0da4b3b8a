import * as rules from "../rules/images";
import { deployment, digest, job, statefulSet, unknown } from "./builders";
import { expectations, fails, passes, waits } from "./expectations";

expectations(
  rules.imageDigestPinned,
  fails(
    "with a tag",
    statefulSet({ container: { image: "localhost:31500/kafka:4.3.1" } }),
    /kafka:4\.3\.1 has no digest/,
  ),
  fails("with half a digest", job({ container: { image: "kafka@sha256:1234" } }), /has no digest/),
  passes("with a digest", statefulSet()),
  passes("an image that is exempt", deployment({ container: { image: "registry:3.0.0" } }), {
    exemptImages: ["docker.io/library/registry"],
  }),
  waits("the image is not built yet", statefulSet({ container: { image: unknown } })),
);

expectations(
  rules.imageRegistryAllowed,
  fails(
    "with an image from elsewhere",
    statefulSet({ container: { image: `quay.io/other/kafka@${digest}` } }),
    /quay\.io\/other\/kafka@sha256:\S+ is from none of localhost:31500$/,
    { allowedRegistries: ["localhost:31500"] },
  ),
  fails("with Docker Hub left unsaid", job({ container: { image: "kafka:1" } }), /kafka:1 is from none of/, {
    allowedRegistries: ["localhost:31500", "quay.io/*"],
  }),
  passes("with an allowed registry", statefulSet(), { allowedRegistries: ["localhost:31500"] }),
  passes("with an allowed repository", statefulSet(), { allowedRegistries: ["localhost:*/kafka"] }),
  passes("when every registry is allowed", statefulSet()),
  waits("the image is not built yet", statefulSet({ container: { image: unknown } }), { allowedRegistries: ["none"] }),
);

expectations(
  rules.imageTagNotLatest,
  fails("with the tag latest", statefulSet({ container: { image: `kafka:latest@${digest}` } }), /has the tag latest/),
  fails("without any tag", job({ container: { image: "localhost:5000/kafka" } }), /has no tag, which means latest/),
  passes("with a version", deployment({ container: { image: "kafka:4.3.1" } })),
  passes("with a digest alone", statefulSet()),
  waits("the image is not built yet", statefulSet({ container: { image: unknown } })),
);
