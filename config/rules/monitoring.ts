import { LABEL_KEY } from "../../components/kubernetes/names";
import { type Problem, valueAt } from "../problems";
import { type Rule, type Subject, complain } from "./rule";

/** Labels by which the stack recognises its objects. */
const OWN_LABEL = /^app\.kubernetes\.io\//;

function* monitoring({ raw, written }: Subject): Iterable<Problem> {
  const { scrape, namespaces, labels, lag, page, dashboards } = written.monitoring;
  if (scrape !== "off" && namespaces.length === 0) {
    yield complain(
      ["monitoring", "namespaces"],
      `is missing; allowed is at least one namespace: monitoring.scrape is ${scrape}, and Prometheus may read the metrics only from namespaces that are named`,
    );
  }
  if (page && !lag) {
    yield complain(
      ["monitoring", "page"],
      "is true while monitoring.lag is false; allowed is false, or monitoring.lag: true: the pod that measures lag serves the page",
    );
  }
  if (dashboards && scrape === "off" && namespaces.length === 0) {
    yield complain(
      ["monitoring", "dashboards"],
      "has no effect unless monitoring.namespaces lets anybody read the metrics",
    );
  }
  for (const name of Object.keys(labels)) {
    if (!LABEL_KEY.test(name) || OWN_LABEL.test(name)) {
      yield complain(
        ["monitoring", "labels", name],
        "is refused; allowed is the name of a label that does not begin with app.kubernetes.io/, which are the stack's own",
      );
    }
  }
  for (const key of ["labels", "alerts", "runbooks"]) {
    // As written, because a default has no effect either and is no problem.
    if (scrape !== "podMonitor" && valueAt(raw, ["monitoring", key]) !== undefined) {
      yield complain(["monitoring", key], "has no effect unless monitoring.scrape is podMonitor");
    }
  }
}

/** Who may read the metrics. */
export const monitoringRules: readonly Rule[] = [{ reads: [["monitoring"]], check: monitoring }];
