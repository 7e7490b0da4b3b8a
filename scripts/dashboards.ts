/** `npm run dashboards`: the dashboards as files for a Grafana that is not given them as ConfigMaps. */
import "../sandbox/host/check-node";
import { Command } from "commander";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dashboardFiles } from "../components/monitoring/dashboards";

new Command("dashboards")
  .description("Writes the dashboards as files that Grafana imports.")
  .argument("[folder]", "where to", "dashboards")
  .action((folder: string) => {
    mkdirSync(folder, { recursive: true });
    for (const [name, content] of Object.entries(dashboardFiles())) {
      const file = join(folder, name);
      writeFileSync(file, content);
      console.log(file);
    }
  })
  .parse();
