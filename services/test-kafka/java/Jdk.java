import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.stream.Stream;

/**
 * Java's own HTTP client with its defaults, which offers HTTP/2 in its first request. Waits for the server's "100 Continue" before it sends a body.
 */
final class Jdk implements ChatClient.Library {
  private final HttpClient client = HttpClient.newHttpClient();

  @Override
  public void read(URI stream, ChatClient.Shown shown) {
    HttpRequest request = HttpRequest.newBuilder(stream).build();
    new Thread(() -> {
      for (;;) {
        try {
          HttpResponse<Stream<String>> response = client.send(request, HttpResponse.BodyHandlers.ofLines());
          shown.open();
          show(response.body(), shown);
        } catch (IOException | UncheckedIOException interrupted) {
          // The stream broke off, and another one begins.
        } catch (InterruptedException ended) {
          return;
        }
      }
    }).start();
  }

  @Override
  public int send(URI room, String contentType, String message) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(room)
            .header("Content-Type", contentType)
            .expectContinue(true)
            .POST(HttpRequest.BodyPublishers.ofString(message))
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
  }

  private static void show(Stream<String> lines, ChatClient.Shown shown) {
    StringBuilder data = new StringBuilder();
    String[] name = {""};
    lines.forEach(line -> {
      if (line.startsWith("event: ")) name[0] = line.substring(7);
      else if (line.startsWith("data: ")) data.append(data.length() == 0 ? "" : "\n").append(line.substring(6));
      else if (line.isEmpty()) {
        if (data.length() > 0) shown.event(name[0], data.toString());
        data.setLength(0);
        name[0] = "";
      }
    });
  }
}
