import pulumi
import pulumi_kafka_stack as kafka_stack

config = pulumi.Config()

events = kafka_stack.Kafka(
    "events",
    cluster={"context": config.require("context")},
    images={
        "kafka": config.require("kafkaImage"),
        "services": config.require("servicesImage"),
        "version": "4.3.1",
    },
    topics=[{"name": "orders", "partitions": 24}],
    settings={"log.retention.hours": "72"},
)

pulumi.export("bootstrap_address", events.bootstrap)
