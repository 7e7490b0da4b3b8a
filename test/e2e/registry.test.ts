import { strict as assert } from "node:assert";
import { get } from "../support/kubectl";

interface ContainerStatus {
  imageID: string;
  state: { waiting?: object };
}

interface Pods {
  items: {
    metadata: { name: string };
    spec: { containers: { image: string }[] };
    status: Record<"initContainerStatuses" | "containerStatuses", ContainerStatus[] | undefined>;
  }[];
}

describe("the registry in the cluster", () => {
  it("lists both images", async () => {
    const response = await fetch("http://localhost:31500/v2/_catalog");
    const { repositories } = (await response.json()) as { repositories: string[] };
    assert.deepEqual(repositories.sort(), ["kafka", "services"]);
  });

  it("is the source of every pod's image, by digest", async () => {
    const { items } = await get<Pods>("pods", "-n", "kafka");
    assert.ok(items.length >= 7, `${items.length} pods`);
    for (const { metadata, spec, status } of items) {
      for (const { image } of spec.containers) {
        assert.match(image, /^localhost:31500\/(kafka|services)@sha256:[0-9a-f]{64}$/, metadata.name);
      }
      const containers = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
      // A container that never started, as after a refused change, has pulled nothing.
      for (const { imageID } of containers.filter(({ state }) => !state.waiting)) {
        assert.match(imageID, /^localhost:31500\//, metadata.name);
      }
    }
  });
});
