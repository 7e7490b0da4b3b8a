import java.lang.reflect.Method;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.storage.internals.log.LogConfig;

/** Prints every broker and topic setting of the Kafka on the class path, a line each: scope, name, type, what its validator allows. */
public class KafkaSettings {
  public static void main(String[] args) throws ReflectiveOperationException {
    print("broker", brokerSettings().configKeys());
    print("topic", LogConfig.configKeys());
  }

  /** Kafka 4 has the definition in Java, Kafka 3 in a Scala object. */
  private static ConfigDef brokerSettings() throws ReflectiveOperationException {
    try {
      return (ConfigDef) Class.forName("org.apache.kafka.server.config.AbstractKafkaConfig").getField("CONFIG_DEF").get(null);
    } catch (ClassNotFoundException | NoSuchFieldException missing) {
      Method method = Class.forName("kafka.server.KafkaConfig").getMethod("configDef");
      return (ConfigDef) method.invoke(null);
    }
  }

  private static void print(String scope, Map<String, ConfigDef.ConfigKey> keys) {
    for (ConfigDef.ConfigKey key : new TreeMap<>(keys).values()) {
      String allowed = key.validator == null ? "" : key.validator.toString();
      System.out.println(String.join("\t", scope, key.name, key.type.name().toLowerCase(), allowed));
    }
  }
}
