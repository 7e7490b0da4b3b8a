import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * {@code ChatClient <library> <kproducer's room> <kconsumer's stream>}: a chat client on one of several HTTP libraries. Reads lines {@code content
 * type, tab, message} and sends them. Prints {@code open} when a stream begins, {@code event, tab, name, tab, data} for each event that the library
 * reports, and {@code sent, tab, status} for each message.
 */
public final class ChatClient {
  /** How a library talks to the services. */
  interface Library {
    /** Reads the stream on a separate thread, and resumes after an interruption. */
    void read(URI stream, Shown shown) throws Exception;

    /** Returns the HTTP status. */
    int send(URI room, String contentType, String message) throws Exception;
  }

  /** Where a library shows what it reads. */
  interface Shown {
    void open();

    void event(String name, String data);
  }

  private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

  public static void main(String[] arguments) throws Exception {
    Library library = libraryNamed(arguments[0]);
    URI room = URI.create(arguments[1]);
    library.read(URI.create(arguments[2]), new Printed());
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] parts = line.split("\t", 2);
      print("sent", String.valueOf(library.send(room, parts[0], parts[1])));
    }
    // Ends the libraries' threads.
    System.exit(0);
  }

  private static Library libraryNamed(String name) {
    switch (name) {
      case "jersey-event-input":
        return new JerseyEventInput();
      case "jersey-event-source":
        return new JerseyEventSource();
      case "jdk":
        return new Jdk();
      default:
        throw new IllegalArgumentException("There is no library " + name + ".");
    }
  }

  private static synchronized void print(String... fields) {
    OUT.println(String.join("\t", fields).replace("\n", "\\n"));
  }

  private static final class Printed implements Shown {
    @Override
    public void open() {
      print("open");
    }

    @Override
    public void event(String name, String data) {
      print("event", name == null ? "" : name, data);
    }
  }
}
