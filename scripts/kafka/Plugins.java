import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.apache.kafka.common.config.ConfigDef;

/** Settings that name classes, and which classes of Kafka's own they may name. */
final class Plugins {
  private static final String AUTH = "org.apache.kafka.common.security.auth.";
  private static final String HANDLER = AUTH + "AuthenticateCallbackHandler";
  private static final String OAUTH = "org.apache.kafka.common.security.oauthbearer.";
  private static final String REMOTE = "org.apache.kafka.server.log.remote.storage.";
  private static final String GROUP = "org.apache.kafka.coordinator.group.api.assignor.";

  /** What a class must be that a setting names. Where Kafka's versions differ, all of what they ask for. */
  static final Map<String, List<String>> INTERFACES = new TreeMap<>(Map.ofEntries(
    Map.entry("alter.config.policy.class.name", List.of("org.apache.kafka.server.policy.AlterConfigPolicy")),
    Map.entry("authorizer.class.name", List.of("org.apache.kafka.server.authorizer.Authorizer")),
    Map.entry("client.quota.callback.class", List.of("org.apache.kafka.server.quota.ClientQuotaCallback")),
    Map.entry("create.topic.policy.class.name", List.of("org.apache.kafka.server.policy.CreateTopicPolicy")),
    Map.entry("group.consumer.assignors", List.of(GROUP + "ConsumerGroupPartitionAssignor")),
    Map.entry("group.share.assignors", List.of(GROUP + "ShareGroupPartitionAssignor")),
    Map.entry("group.share.persister.class.name", List.of("org.apache.kafka.server.share.persister.Persister")),
    Map.entry("kafka.metrics.reporters", List.of("kafka.metrics.KafkaMetricsReporter", "org.apache.kafka.server.metrics.KafkaMetricsReporter")),
    Map.entry("metric.reporters", List.of("org.apache.kafka.common.metrics.MetricsReporter")),
    Map.entry("principal.builder.class", List.of(AUTH + "KafkaPrincipalBuilder")),
    Map.entry("remote.log.metadata.manager.class.name", List.of(REMOTE + "RemoteLogMetadataManager")),
    Map.entry("remote.log.storage.manager.class.name", List.of(REMOTE + "RemoteStorageManager")),
    Map.entry("replica.selector.class", List.of("org.apache.kafka.common.replica.ReplicaSelector")),
    Map.entry("sasl.client.callback.handler.class", List.of(HANDLER)),
    Map.entry("sasl.login.callback.handler.class", List.of(HANDLER)),
    Map.entry("sasl.login.class", List.of(AUTH + "Login")),
    Map.entry("sasl.oauthbearer.jwt.retriever.class", List.of(OAUTH + "JwtRetriever")),
    Map.entry("sasl.oauthbearer.jwt.validator.class", List.of(OAUTH + "JwtValidator")),
    Map.entry("sasl.server.callback.handler.class", List.of(HANDLER)),
    Map.entry("ssl.engine.factory.class", List.of(AUTH + "SslEngineFactory"))));

  private Plugins() {}

  /** Whether a class is one that a setting may name: its default, or one that Kafka can make by itself. */
  static boolean fits(ConfigDef.ConfigKey setting, Class<?> type) {
    if (isDefault(setting.defaultValue, type)) return true;
    boolean makes = !type.isInterface() && !Modifier.isAbstract(type.getModifiers()) && hasConstructor(type);
    return makes && INTERFACES.get(setting.name).stream().anyMatch(name -> isA(name, type));
  }

  private static boolean isDefault(Object value, Class<?> type) {
    return value instanceof List ? ((List<?>) value).contains(type.getName()) : type == value || type.getName().equals(value);
  }

  private static boolean hasConstructor(Class<?> type) {
    try {
      type.getDeclaredConstructor();
      return true;
    } catch (NoSuchMethodException | NoClassDefFoundError none) {
      return false;
    }
  }

  private static boolean isA(String name, Class<?> type) {
    try {
      return Class.forName(name, false, Plugins.class.getClassLoader()).isAssignableFrom(type);
    } catch (ClassNotFoundException absent) {
      return false;
    }
  }

  /** Every class of Kafka's own on the class path. */
  static List<Class<?>> classes() throws java.io.IOException {
    List<Class<?>> found = new java.util.ArrayList<>();
    for (String jar : System.getProperty("java.class.path").split(java.io.File.pathSeparator)) {
      if (!Path.of(jar).getFileName().toString().matches("kafka[-_].*\\.jar")) continue;
      try (JarFile file = new JarFile(jar)) {
        for (Enumeration<JarEntry> entries = file.entries(); entries.hasMoreElements(); ) {
          String entry = entries.nextElement().getName();
          if (!entry.matches("(kafka|org/apache/kafka)/[^$]*\\.class")) continue;
          try {
            found.add(Class.forName(entry.replace('/', '.').replaceAll("\\.class$", ""), false, Plugins.class.getClassLoader()));
          } catch (ClassNotFoundException | LinkageError unusable) {
            // It needs a library that the image leaves out.
          }
        }
      }
    }
    return found;
  }
}
