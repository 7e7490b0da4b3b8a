import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../host/command";
import { checkout, type Paths } from "../paths";
import { versions } from "../versions";

const source = join(checkout, "sandbox", "go");

/** The programs, built in one run of the compiler because they share most packages. */
const packages = [
  ...["./kube", "./dns", "./netpol", "./registry", "./pause", "./pki", "./provisioner"],
  "helm.sh/helm/v3/cmd/helm",
];

/** Names by which `kube` runs another of its programs. */
const kubeLinks = ["kubectl"];

const [major = "", minor = ""] = versions.kubernetes.slice(1).split(".");
const linkerFlags = [
  "-s -w",
  ...["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"].flatMap((path) => [
    `-X ${path}.gitVersion=${versions.kubernetes}`,
    `-X ${path}.gitMajor=${major}`,
    `-X ${path}.gitMinor=${minor}`,
  ]),
  `-X helm.sh/helm/v3/internal/version.version=${versions.helm}`,
  `-X helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor=${major}`,
  `-X helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor=${minor}`,
].join(" ");

/**
 * Environment of the compiler. Without cgo the programs are static: the images of pause and registry contain nothing else.
 * The garbage collector's setting trades memory, of which the compiler needs little, for about a tenth of the time.
 */
const environment = { CGO_ENABLED: "0", GOGC: "400", GOFLAGS: "-buildvcs=false" };

/** Shortest time between reports of progress: without a terminal each report is a line. */
const reports = 20;

/** Key of a build: of the sources, the settings and the compiler. */
export async function buildKey(): Promise<string> {
  const hash = createHash("sha256")
    .update(await goVersion())
    .update(linkerFlags);
  for (const file of readdirSync(source, { recursive: true, encoding: "utf8" }).sort()) {
    if (/(\.go|^go\.(mod|sum))$/.test(file)) hash.update(file).update(readFileSync(join(source, file)));
  }
  return hash.digest("hex").slice(0, 16);
}

/**
 * The key of the programs that are built.
 *
 * @throws when none are.
 */
export function builtKey(paths: Paths): string {
  const stamp = stampFile(paths);
  if (!existsSync(stamp))
    throw new Error("There is no sandbox in this checkout yet: `npm run sandbox -- up` makes one.");
  return readFileSync(stamp, "utf8");
}

function stampFile(paths: Paths): string {
  return join(paths.bin, ".build");
}

/**
 * Builds the sandbox's Go programs into its `bin` directory, unless they are there already.
 *
 * @param report - called with progress
 */
export async function buildPrograms(paths: Paths, report: (progress: string) => void): Promise<void> {
  const key = await buildKey();
  const stamp = stampFile(paths);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === key) return;

  report("fetching modules");
  const all = (await go(["list", "-deps", ...packages], () => undefined)).split("\n").length;
  let compiled = 0;
  const step = Math.ceil(all / reports);
  mkdirSync(paths.bin, { recursive: true });
  // With -v the compiler names each package that it compiles, but not those in its cache.
  await go(["build", "-v", "-o", `${paths.bin}/`, "-ldflags", linkerFlags, ...packages], () => {
    compiled += 1;
    if (compiled % step === 0) report(`compiled ${compiled} of at most ${all} packages`);
  });
  for (const link of kubeLinks) {
    rmSync(join(paths.bin, link), { force: true });
    symlinkSync("kube", join(paths.bin, link));
  }
  writeFileSync(stamp, key);
}

async function goVersion(): Promise<string> {
  try {
    return await run("go", ["version"]);
  } catch (error) {
    throw new Error(
      "The sandbox builds Kubernetes with Go 1.26 or newer, and there is no `go` on the PATH: see https://go.dev/dl.",
      { cause: error },
    );
  }
}

async function go(args: string[], onLine: (line: string) => void): Promise<string> {
  return run("go", args, { cwd: source, env: environment, onLine });
}
