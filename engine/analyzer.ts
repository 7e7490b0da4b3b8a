/** Runs policy packs: starts each as Pulumi does and speaks Pulumi's Analyzer protocol with it. */
import * as analyzer from "@pulumi/pulumi/proto/analyzer_pb";
import { startPack, type Pack, type PackOptions } from "./policy-pack";
import { describe, type Progress } from "./progress";
import type { Registration } from "./registration";
import type { ResourceState } from "./state";
import { nameOf, splitReference, typeOf } from "./urn";
import { fromStruct, normalize, toStruct, type PropertyMap } from "./values";

/** Looks up a resource of this run. */
export type Lookup = (urn: string) => ResourceState | undefined;

/** All policy packs of a run. */
export class Analyzers {
  private violations = 0;

  private constructor(
    private readonly packs: readonly Pack[],
    private readonly progress: Progress,
    private readonly preview: boolean,
  ) {}

  /** Starts the packs. @throws when one does not start or its config does not fit */
  static async start(
    packs: readonly Omit<PackOptions, "print">[],
    progress: Progress,
    preview: boolean,
  ): Promise<Analyzers> {
    const print = (line: string) => {
      progress.say(`  | ${line}`);
    };
    const started = await Promise.allSettled(packs.map((options) => startPack({ ...options, print })));
    const running = started.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    const analyzers = new Analyzers(running, progress, preview);
    const failed = started.find((result) => result.status === "rejected");
    if (failed !== undefined) {
      analyzers.stop();
      throw failed.reason;
    }
    return analyzers;
  }

  /** Ends the packs' processes. */
  stop(): void {
    for (const pack of this.packs) {
      pack.stop();
    }
  }

  /**
   * Checks one resource before it is created.
   *
   * @returns its inputs, as changed by remediating policies
   * @throws when a mandatory policy is violated; a preview throws only in `finish`, so that it shows all violations
   */
  async analyze(registration: Registration, urn: string, inputs: PropertyMap, lookup: Lookup): Promise<PropertyMap> {
    let wanted = inputs;
    for (const pack of this.packs.filter((one) => one.remediates)) {
      for (const remediation of (
        await pack.remediate(requestFor(registration, urn, wanted, lookup))
      ).getRemediationsList()) {
        const name = `${pack.name}/${remediation.getPolicyname()}`;
        if (remediation.getDiagnostic() === "") {
          wanted = fromStruct(remediation.getProperties());
          this.progress.note(urn, `changed by the policy ${name}`);
        } else {
          this.progress.note(urn, `the policy ${name} could not change it: ${oneLine(remediation.getDiagnostic())}`);
        }
      }
    }
    let mandatory = 0;
    for (const pack of this.packs) {
      const response = await pack.analyze(requestFor(registration, urn, wanted, lookup));
      mandatory += this.report(pack, response.getDiagnosticsList(), urn);
    }
    if (mandatory > 0 && !this.preview) {
      throw new Error(`it violates ${mandatory === 1 ? "a mandatory policy" : `${mandatory} mandatory policies`}`);
    }
    return wanted;
  }

  /**
   * Checks the whole stack.
   *
   * @throws when the stack, or in a preview any of its resources, violates a mandatory policy
   */
  async finish(resources: readonly ResourceState[], lookup: Lookup): Promise<void> {
    const request = new analyzer.AnalyzeStackRequest();
    request.setResourcesList(resources.map((resource) => stackResource(resource, lookup)));
    for (const pack of this.packs) {
      const response = await pack.analyzeStack(request);
      this.report(pack, response.getDiagnosticsList(), "");
    }
    if (this.violations > 0) {
      throw new Error(
        this.violations === 1
          ? "The stack violates a mandatory policy"
          : `The stack violates mandatory policies ${this.violations} times`,
      );
    }
  }

  private report(pack: Pack, diagnostics: readonly analyzer.AnalyzeDiagnostic[], urn: string): number {
    let mandatory = 0;
    for (const one of diagnostics) {
      const level = one.getEnforcementlevel();
      const isMandatory =
        level === analyzer.EnforcementLevel.MANDATORY || level === analyzer.EnforcementLevel.REMEDIATE;
      mandatory += isMandatory ? 1 : 0;
      const about = one.getUrn() === "" ? urn : one.getUrn();
      const message = oneLine(one.getMessage().replace(one.getDescription(), ""));
      const where = about === "" ? "" : ` ${describe(about)}:`;
      const word = isMandatory ? "mandatory" : "advisory";
      this.progress.say(
        `  [${word}] ${pack.name}/${one.getPolicyname()}:${where} ${message || oneLine(one.getDescription())}`,
      );
    }
    this.violations += mandatory;
    return mandatory;
  }
}

function oneLine(text: string): string {
  return text.trim().replace(/\s*\n\s*/g, " ");
}

function requestFor(
  registration: Registration,
  urn: string,
  inputs: PropertyMap,
  lookup: Lookup,
): analyzer.AnalyzeRequest {
  const request = new analyzer.AnalyzeRequest();
  request.setType(registration.type);
  request.setName(registration.name);
  request.setUrn(urn);
  request.setProperties(toStruct(inputs));
  const options = new analyzer.AnalyzerResourceOptions();
  options.setProtect(registration.protect ?? false);
  options.setIgnorechangesList(registration.ignoreChanges);
  options.setDeletebeforereplace(registration.deleteBeforeReplace ?? false);
  options.setDeletebeforereplacedefined(registration.deleteBeforeReplace !== undefined);
  options.setAdditionalsecretoutputsList(registration.additionalSecretOutputs);
  options.setCustomtimeouts(timeoutsOf(registration));
  options.setParent(registration.parent ?? "");
  request.setOptions(options);
  request.setProvider(providerOf(registration.provider, lookup));
  return request;
}

function stackResource(resource: ResourceState, lookup: Lookup): analyzer.AnalyzerResource {
  const view = new analyzer.AnalyzerResource();
  view.setType(resource.type);
  view.setName(nameOf(resource.urn));
  view.setUrn(resource.urn);
  // References become ids, as policies get them from the real engine.
  view.setProperties(toStruct(normalize(resource.outputs)));
  view.setParent(resource.parent ?? "");
  view.setDependenciesList(resource.dependencies);
  for (const [key, urns] of Object.entries(resource.propertyDependencies ?? {})) {
    if (urns.length > 0) {
      const dependencies = new analyzer.AnalyzerPropertyDependencies();
      dependencies.setUrnsList(urns);
      view.getPropertydependenciesMap().set(key, dependencies);
    }
  }
  const options = new analyzer.AnalyzerResourceOptions();
  options.setProtect(resource.protect ?? false);
  options.setDeletebeforereplace(resource.deleteBeforeReplace ?? false);
  options.setDeletebeforereplacedefined(resource.deleteBeforeReplace !== undefined);
  options.setCustomtimeouts(timeoutsOf(resource));
  options.setParent(resource.parent ?? "");
  view.setOptions(options);
  view.setProvider(providerOf(resource.provider, lookup));
  return view;
}

function timeoutsOf({ timeouts }: Pick<ResourceState, "timeouts">): analyzer.AnalyzerResourceOptions.CustomTimeouts {
  const message = new analyzer.AnalyzerResourceOptions.CustomTimeouts();
  message.setCreate(timeouts?.create ?? 0);
  message.setUpdate(timeouts?.update ?? 0);
  message.setDelete(timeouts?.delete ?? 0);
  return message;
}

function providerOf(reference: string | undefined, lookup: Lookup): analyzer.AnalyzerProviderResource | undefined {
  const provider = reference === undefined ? undefined : lookup(splitReference(reference).urn);
  if (provider === undefined) {
    return undefined;
  }
  const message = new analyzer.AnalyzerProviderResource();
  message.setType(typeOf(provider.urn));
  message.setName(nameOf(provider.urn));
  message.setUrn(provider.urn);
  message.setProperties(toStruct(provider.inputs));
  return message;
}
