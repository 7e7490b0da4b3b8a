package kafkastack;

/** A node with both KRaft roles is ready when both roles are. */
record CombinedHealth(Health controller, Health broker) implements Health {
    @Override
    public String notReady() {
        String missing = controller.notReady();
        return missing != null ? missing : broker.notReady();
    }

    @Override
    public String topics() {
        return controller.topics();
    }

    @Override
    public String quorum() {
        return controller.quorum();
    }

    @Override
    public String needed() {
        String reason = controller.needed();
        return reason != null ? reason : broker.needed();
    }
}
