import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { run } from "kafka-stack-processes";
import { IMAGE, labelsOf, one, SCOPE } from "../../test/support/components";
import { registered } from "../../test/support/recording";
import { VolumeDirectories, type VolumeDirectoriesArgs } from "./directories";

const args: VolumeDirectoriesArgs = {
  ...SCOPE,
  paths: ["/data/kafka/broker/0", "/data/kafka/broker/1", "/disk/0"],
  uid: 10000,
  image: IMAGE,
};
const job = async (changed: Partial<VolumeDirectoriesArgs> = {}) =>
  one(await registered(() => new VolumeDirectories("directories", { ...args, ...changed })), "Job");

interface JobSpec {
  readonly template: {
    readonly spec: {
      readonly nodeSelector?: Record<string, string>;
      readonly containers: readonly [{ readonly command: string[]; readonly args: string[] }];
    };
  };
}
const specOf = ({ inputs }: { readonly inputs: Record<string, unknown> }) => inputs["spec"] as JobSpec;

describe("VolumeDirectories", () => {
  it("is a Job that mounts the parents and may change owners, and nothing more", async () => {
    assert.deepEqual((await job()).inputs, {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: {
        namespace: "kafka",
        labels: labelsOf("volumes", "kafka-volumes"),
        annotations: { "pulumi.com/replaceUnready": "true" },
      },
      spec: {
        backoffLimit: 3,
        activeDeadlineSeconds: 300,
        template: {
          metadata: { labels: labelsOf("volumes", "kafka-volumes") },
          spec: {
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            restartPolicy: "Never",
            securityContext: { runAsUser: 0, runAsGroup: 0, seccompProfile: { type: "RuntimeDefault" } },
            containers: [
              {
                name: "directories",
                image: IMAGE,
                command: specOf(await job()).template.spec.containers[0].command,
                args: ["10000", "/nodes/0/0", "/nodes/0/1", "/nodes/1/0"],
                terminationMessagePolicy: "FallbackToLogsOnError",
                securityContext: {
                  allowPrivilegeEscalation: false,
                  readOnlyRootFilesystem: true,
                  capabilities: { drop: ["ALL"], add: ["CHOWN", "DAC_OVERRIDE", "FOWNER"] },
                },
                resources: {
                  requests: { cpu: "10m", memory: "16Mi", "ephemeral-storage": "16Mi" },
                  limits: { cpu: "1", memory: "32Mi", "ephemeral-storage": "16Mi" },
                },
                volumeMounts: [
                  { name: "parent-0", mountPath: "/nodes/0" },
                  { name: "parent-1", mountPath: "/nodes/1" },
                ],
              },
            ],
            volumes: [
              { name: "parent-0", hostPath: { path: "/data/kafka/broker", type: "DirectoryOrCreate" } },
              { name: "parent-1", hostPath: { path: "/disk", type: "DirectoryOrCreate" } },
            ],
          },
        },
      },
    });
  });

  it("creates exactly the named directories, also at the root of the node", async () => {
    const paths = ["/kafka-0", "/kafka-1", "/data//2/", "/data/3/"];
    const { containers } = specOf(await job({ paths })).template.spec;
    assert.deepEqual(containers[0].args, ["10000", "/nodes/0/kafka-0", "/nodes/0/kafka-1", "/nodes/1/2", "/nodes/2/3"]);
  });

  it("runs on the named node", async () => {
    assert.deepEqual(specOf(await job({ node: "node-1" })).template.spec.nodeSelector, {
      "kubernetes.io/hostname": "node-1",
    });
  });

  it("creates directories that only their owner and group can enter, and leaves their content alone", async () => {
    const { command } = specOf(await job()).template.spec.containers[0];
    const folder = mkdtempSync(join(tmpdir(), "directories-"));
    try {
      const [first, second] = [join(folder, "0"), join(folder, "1")];
      const make = () => run(command[0] ?? "", [...command.slice(1), String(userInfo().uid), first, second]);
      await make();
      writeFileSync(join(first, "data"), "kept", { mode: 0o600 });
      await make();
      assert.deepEqual(
        [first, second, join(first, "data")].map((path) => (statSync(path).mode & 0o777).toString(8)),
        ["750", "750", "600"],
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
