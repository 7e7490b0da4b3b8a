import { FakeCluster } from "./fake-cluster";
import { temporaryFolder } from "./temporary";

/** A cluster of its own for each test of a suite, and the access to it. */
export function eachWithCluster(): { cluster: FakeCluster; access: { kubeconfig: string } } {
  const given = { cluster: new FakeCluster(), access: { kubeconfig: "" } };
  beforeEach(async () => {
    given.cluster = new FakeCluster();
    given.access = { kubeconfig: await given.cluster.start(temporaryFolder()) };
  });
  afterEach(() => given.cluster.stop());
  return given;
}
