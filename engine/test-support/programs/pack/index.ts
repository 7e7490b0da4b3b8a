import { PolicyPack } from "@pulumi/policy";

new PolicyPack("demo", {
  enforcementLevel: "advisory",
  policies: [
    {
      name: "no-short-names",
      description: "Names are long enough.",
      configSchema: { properties: { letters: { type: "integer", default: 3 } } },
      validateResource: (resource, report) => {
        const { type, props } = resource;
        const { letters } = resource.getConfig<{ letters: number }>();
        const { name } = (props["metadata"] ?? {}) as { name?: string };
        if (type === "kubernetes:core/v1:ConfigMap" && name !== undefined && name.length < letters) {
          report(`the name ${name} has fewer than ${letters} letters`);
        }
      },
    },
    {
      name: "few-config-maps",
      description: "There are not too many ConfigMaps.",
      validateStack: ({ resources }, report) => {
        const count = resources.filter((resource) => resource.type.endsWith(":ConfigMap")).length;
        if (count > 1) {
          report(`${count} ConfigMaps are more than 1`);
        }
      },
    },
  ],
});
