/** `npm run alerts`: prints the alerts as a rule file, for a Prometheus without the operator. */
import "../sandbox/host/check-node";
import { Command } from "commander";
import { stringify } from "yaml";
import { ruleGroups } from "../components/monitoring/alerts";

interface Options {
  readonly namespace?: string;
  readonly runbooks?: string;
}

new Command("alerts")
  .description("Prints the alerts as a rule file for Prometheus.")
  .option("--namespace <name>", "only of the cluster in this namespace; without it of all that Prometheus knows")
  .option("--runbooks <url>", "address of the folder with the runbooks; without it the path in the repository")
  .action((options: Options) => {
    process.stdout.write(stringify({ groups: ruleGroups(options) }, { lineWidth: 0 }));
  })
  .parse();
