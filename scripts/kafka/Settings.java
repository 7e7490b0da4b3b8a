import java.lang.reflect.Method;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.storage.internals.log.LogConfig;

/**
 * Prints what the Kafka on the class path knows of settings, a line each, columns split by tabs:
 * `broker|topic`, name, type, what its validator allows, its default, and whether it takes an empty text, and an empty word in a list;
 * `client`, name, for what only clients have; `names`, setting, for one that names classes; `class`, setting, a class of Kafka's own that it may name.
 */
public class Settings {
  public static void main(String[] args) throws Exception {
    Map<String, ConfigDef.ConfigKey> broker = brokerSettings().configKeys();
    print("broker", broker);
    print("topic", LogConfig.configKeys());
    Set<String> clients = new TreeSet<>(ProducerConfig.configNames());
    clients.addAll(ConsumerConfig.configNames());
    clients.addAll(AdminClientConfig.configNames());
    clients.removeAll(broker.keySet());
    clients.forEach(name -> System.out.println("client\t" + name));
    for (String setting : Plugins.INTERFACES.keySet()) {
      if (!broker.containsKey(setting)) continue;
      System.out.println("names\t" + setting);
      for (Class<?> type : Plugins.classes()) {
        if (Plugins.fits(broker.get(setting), type)) System.out.println("class\t" + setting + "\t" + type.getName());
      }
    }
  }

  /** Kafka 4 has the definition in Java, Kafka 3 in a Scala object. */
  static ConfigDef brokerSettings() throws ReflectiveOperationException {
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
      String word = allowed.replaceFirst("^\\[(\\w+).*", "$1").replaceFirst("\\W.*", "");
      if (word.isEmpty()) word = "word";
      System.out.println(String.join("\t", scope, key.name, key.type.name().toLowerCase(), allowed,
        key.defaultValue instanceof Number ? key.defaultValue.toString() : "", String.valueOf(passes(key, "")), String.valueOf(passes(key, "," + word))));
    }
  }

  private static boolean passes(ConfigDef.ConfigKey key, String value) {
    try {
      Object parsed = ConfigDef.parseType(key.name, value, key.type);
      if (key.validator != null) key.validator.ensureValid(key.name, parsed);
      return true;
    } catch (RuntimeException refused) {
      return false;
    }
  }
}
