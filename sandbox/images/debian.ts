import { createHash, X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../host/command";
import { checkout, type Paths } from "../paths";
import { versions } from "../versions";
import { docker, imageKey, keyLabel } from "./docker";

const name = "sandbox/debian:12";
const customize = join(checkout, "sandbox", "images", "debian", "customize.sh");

/** What the image has beyond a minimal Debian. */
const packages = ["ca-certificates", "usr-is-merged"];

/** Where Debian keeps the certificates of its package `ca-certificates`, and the bundle of all that the machine trusts. */
const packaged = "/usr/share/ca-certificates";
const bundle = "/etc/ssl/certs/ca-certificates.crt";

/**
 * Makes the image under the other base images: a minimal Debian from the machine's own mirror, with its certificates.
 *
 * @returns the image's key
 */
export async function makeDebian(paths: Paths, report: (progress: string) => void): Promise<string> {
  const mirror = await debianMirror();
  const settings = await aptSettings();
  const certificates = extraCertificates();
  const key = createHash("sha256")
    .update(JSON.stringify([versions.debian, packages, mirror, settings, certificates]))
    .update(readFileSync(customize))
    .digest("hex")
    .slice(0, 16);
  if ((await imageKey(paths, name)) === key) return key;

  report(`building ${name}`);
  const work = join(paths.cache, "debian");
  rmSync(work, { recursive: true, force: true });
  mkdirSync(join(work, "certificates"), { recursive: true });
  certificates.forEach((pem, index) => {
    writeFileSync(join(work, "certificates", `machine-${index}.crt`), pem);
  });
  const aptConf = join(work, "apt.conf");
  writeFileSync(aptConf, settings);
  const root = join(work, "root.tar");
  await run("mmdebstrap", [
    "--mode=root",
    "--variant=minbase",
    // Merged directories from the start avoid the package that would merge them, and Perl, in which it is written.
    "--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr",
    `--include=${packages.join(",")}`,
    "--dpkgopt=path-exclude=/usr/share/doc/*",
    "--dpkgopt=path-exclude=/usr/share/man/*",
    `--aptopt=${aptConf}`,
    `--customize-hook=sh ${customize} "$1" ${join(work, "certificates")}`,
    versions.debian,
    root,
    mirror,
  ]);
  const changes = [
    "ENV LANG=C.UTF-8 SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt",
    "ENV DEBIAN_FRONTEND=noninteractive",
    'CMD ["bash"]',
    `LABEL ${keyLabel}=${key}`,
  ];
  await docker(paths, ["import", ...changes.flatMap((change) => ["--change", change]), root, name]);
  rmSync(work, { recursive: true, force: true });
  return key;
}

/** The mirror that this machine's apt takes Debian from; Debian's own where apt knows none. */
async function debianMirror(): Promise<string> {
  const format = "$(ORIGIN) $(CODENAME) $(COMPONENT) $(REPO_URI)";
  const targets = await run("apt-get", ["indextargets", "--format", format, "Created-By: Packages"]);
  const line = targets.split("\n").find((target) => target.startsWith(`Debian ${versions.debian} main `));
  return line?.split(" ").at(-1) ?? "http://deb.debian.org/debian";
}

/** How this machine's apt fetches: proxies and the like. */
async function aptSettings(): Promise<string> {
  const all = await run("apt-config", ["dump"]);
  return all
    .split("\n")
    .filter((line) => /^Acquire::(Check|http|https|Retries|ForceIPv4)/i.test(line))
    .concat('Acquire::Languages "none";', "")
    .join("\n");
}

/** Certificates that this machine trusts beyond those that Debian's package brings, as PEM. */
function extraCertificates(): string[] {
  if (!existsSync(bundle)) return [];
  const known = new Set(
    (existsSync(packaged) ? readdirSync(packaged, { recursive: true, encoding: "utf8" }) : [])
      .map((file) => join(packaged, file))
      .filter((file) => statSync(file).isFile())
      .flatMap((file) => certificatesIn(readFileSync(file, "utf8")))
      .map(fingerprint),
  );
  return certificatesIn(readFileSync(bundle, "utf8")).filter((pem) => !known.has(fingerprint(pem)));
}

function certificatesIn(text: string): string[] {
  return [...text.matchAll(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?/g)].map(([pem]) => pem);
}

function fingerprint(pem: string): string {
  return new X509Certificate(pem).fingerprint256;
}
