package kafkastack;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.metadata.authorizer.StandardAcl;
import org.apache.kafka.metadata.authorizer.StandardAuthorizer;
import org.apache.kafka.server.authorizer.Action;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;
import org.apache.kafka.server.authorizer.AuthorizationResult;

/**
 * Kafka's own authorizer, and a way to it for a cluster that runs without one. No right can be granted before controllers have an authorizer, and brokers get theirs one by
 * one: until the stack says that all rights are granted, those whom {@code authorizer.before.grants} names keep what they could do before, but for what only servers may.
 * From then on, for as long as the cluster exists, its ACLs decide alone. Before the metadata is loaded nobody is let in but servers and operations.
 */
public final class StackAuthorizer extends StandardAuthorizer {
    /** Principals, as in {@code super.users}. */
    private static final String BEFORE_GRANTS = "authorizer.before.grants";

    /** What says that all rights are granted: an ACL on this user (services/src/ops/users/record.ts makes it, after all others). */
    private static final String GRANTED = "kafka-stack";

    private Set<String> earlier = Set.of();
    private volatile boolean loaded;
    private volatile boolean granted;

    @Override
    public void configure(Map<String, ?> configs) {
        super.configure(configs);
        Object names = configs.get(BEFORE_GRANTS);
        earlier = names == null ? Set.of() : Stream.of(names.toString().split(";")).map(String::trim).collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public void completeInitialLoad() {
        super.completeInitialLoad();
        loaded = true;
    }

    @Override
    public void addAcl(Uuid id, StandardAcl acl) {
        // Those before it, in the order of the log, are in force by now.
        super.addAcl(id, acl);
        note(acl);
    }

    @Override
    public void loadSnapshot(Map<Uuid, StandardAcl> acls) {
        super.loadSnapshot(acls);
        acls.values().forEach(this::note);
    }

    @Override
    public List<AuthorizationResult> authorize(AuthorizableRequestContext context, List<Action> actions) {
        List<AuthorizationResult> results = super.authorize(context, actions);
        if (granted || !loaded || !isEarlier(context.principal())) {
            return results;
        }
        List<AuthorizationResult> all = new ArrayList<>(results);
        for (int i = 0; i < all.size(); i++) {
            if (actions.get(i).operation() != AclOperation.CLUSTER_ACTION) {
                all.set(i, AuthorizationResult.ALLOWED);
            }
        }
        return all;
    }

    private void note(StandardAcl acl) {
        if (acl.resourceType() == ResourceType.USER && acl.resourceName().equals(GRANTED)) {
            granted = true;
        }
    }

    /** Servers that have no authorizer yet, and hand on what clients ask for, name them by their whole certificate. */
    private boolean isEarlier(KafkaPrincipal principal) {
        return earlier.contains(principal.getPrincipalType() + ":" + principal.getName().replaceFirst("^CN=", ""));
    }
}
