package kafkastack;

import org.apache.kafka.common.security.auth.AuthenticationContext;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SaslAuthenticationContext;
import org.apache.kafka.common.security.authenticator.DefaultKafkaPrincipalBuilder;

/**
 * Who somebody is that logs in with a password. A user has a login for each of its passwords (services/src/kafka/login.ts): that of the second one is {@code orders@2}, and it
 * is {@code User:orders} by either. The stack's own programs have certificates, so who logs in under one of their names is nobody: an administrator may make passwords, and
 * must not become a server by one.
 */
public final class PasswordPrincipalBuilder extends DefaultKafkaPrincipalBuilder {
    /** Kafka makes it by name. */
    public PasswordPrincipalBuilder() {
        super(null, null);
    }

    @Override
    public KafkaPrincipal build(AuthenticationContext context) {
        return context instanceof SaslAuthenticationContext login ? principalOf(login.server().getAuthorizationID()) : KafkaPrincipal.ANONYMOUS;
    }

    static KafkaPrincipal principalOf(String login) {
        String user = login.replaceFirst("@[0-9]+$", "");
        return user.startsWith("kafka-") ? KafkaPrincipal.ANONYMOUS : new KafkaPrincipal(KafkaPrincipal.USER_TYPE, user);
    }
}
