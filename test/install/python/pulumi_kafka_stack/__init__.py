"""What `pulumi install` makes of the plugin's schema, as far as the example needs it: the CLI, which makes it, cannot be had everywhere."""

import pulumi


class Kafka(pulumi.ComponentResource):
    def __init__(self, resource_name, opts=None, **args):
        super().__init__("kafka-stack:index:Kafka", resource_name, {**args, "bootstrap": None}, opts, remote=True)

    @property
    @pulumi.getter
    def bootstrap(self):
        return pulumi.get(self, "bootstrap")
