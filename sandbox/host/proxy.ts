import { network } from "../plan";

/** Addresses that are always reached without a proxy. */
const direct = ["localhost", "127.0.0.0/8", network.range, ".svc", ".cluster.local"];

/** Variables that make programs bypass this machine's proxy for the sandbox. */
export function withoutProxy(): { readonly NO_PROXY: string; readonly no_proxy: string } {
  const given = process.env.NO_PROXY ?? process.env.no_proxy ?? "";
  const all = [...new Set([...given.split(",").filter(Boolean), ...direct])].join(",");
  return { NO_PROXY: all, no_proxy: all };
}

/** Arguments of `docker build` that pass this machine's proxy to the commands of a Dockerfile. */
export function proxyBuildArguments(): string[] {
  return Object.keys(process.env)
    .filter((name) => /^(https?|ftp|no)_proxy$/i.test(name))
    .flatMap((name) => ["--build-arg", name]);
}
