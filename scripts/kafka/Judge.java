import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import kafka.server.ControllerConfigurationValidator;
import kafka.server.KafkaConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigResource;

/**
 * Says of settings whether the Kafka on the class path takes them. Reads lines: `server` and a whole server.properties begins with what every server has; then
 * `broker` with the lines of a server.properties that every such server is given beside its own, or `topic` with those of one topic. Texts are in base64. Prints for each
 * but the servers `ok`, or `refused` and why.
 */
public class Judge {
  private static final List<Properties> SERVERS = new ArrayList<>();

  public static void main(String[] args) throws Exception {
    // Kafka's own log goes there.
    PrintStream out = System.out;
    System.setOut(System.err);
    Map<String, ConfigDef.ConfigKey> definitions = Settings.brokerSettings().configKeys();
    StringBuilder answers = new StringBuilder();
    ControllerConfigurationValidator controller = null;
    for (String line; (line = INPUT.readLine()) != null; ) {
      String[] columns = line.split("\t", -1);
      Properties given = read(new String(Base64.getDecoder().decode(columns[1]), StandardCharsets.ISO_8859_1));
      if (columns[0].equals("server")) {
        SERVERS.add(given);
        controller = new ControllerConfigurationValidator(new KafkaConfig(given, false));
        continue;
      }
      try {
        if (columns[0].equals("broker")) judgeBroker(given, definitions);
        else controller.validate(new ConfigResource(ConfigResource.Type.TOPIC, "chatroom"), asMap(given), Map.of());
        answers.append("ok\n");
      } catch (RuntimeException refused) {
        answers.append("refused\t").append(String.valueOf(refused.getMessage()).replaceAll("\\s+", " ")).append('\n');
      }
    }
    out.print(answers);
    out.flush();
  }

  private static final BufferedReader INPUT = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));

  /** As Kafka reads its file. */
  private static Properties read(String text) throws java.io.IOException {
    Properties properties = new Properties();
    properties.load(new StringReader(text));
    return properties;
  }

  private static Map<String, String> asMap(Properties properties) {
    Map<String, String> map = new HashMap<>();
    properties.stringPropertyNames().forEach(name -> map.put(name, properties.getProperty(name)));
    return map;
  }

  private static void judgeBroker(Properties given, Map<String, ConfigDef.ConfigKey> definitions) {
    for (Properties server : SERVERS) {
      Properties all = new Properties();
      all.putAll(server);
      all.putAll(given);
      KafkaConfig config = new KafkaConfig(all, false);
      for (String name : given.stringPropertyNames()) {
        if (name.startsWith("listener.name.")) config.valuesWithPrefixOverride(name.replaceFirst("^(listener\\.name\\.[^.]+\\.).*", "$1"));
        if (Plugins.INTERFACES.containsKey(name) && definitions.containsKey(name)) {
          for (String type : given.getProperty(name).trim().split("\\s*,\\s*")) judgeClass(definitions.get(name), type);
        }
      }
    }
  }

  /** Kafka makes plug-ins only when it starts; here it is enough that it could. */
  private static void judgeClass(ConfigDef.ConfigKey setting, String name) {
    if (!name.matches("(org\\.apache\\.)?kafka\\..*")) return;
    try {
      Class<?> type = Class.forName(name, false, Judge.class.getClassLoader());
      if (!Plugins.fits(setting, type)) throw new IllegalArgumentException(name + " is no class for " + setting.name);
    } catch (ClassNotFoundException absent) {
      throw new IllegalArgumentException("there is no class " + name);
    }
  }
}
