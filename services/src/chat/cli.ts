import { Command, CommanderError, InvalidArgumentError } from "commander";
import { runChat } from "./session.js";

const wholeNumber = (text: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("It must be a whole number.");
  return Number(text);
};

/** Exit codes: 0 left, 1 the service refused or a message was not sent, 2 bad usage. */
async function main(): Promise<number> {
  const program = new Command("chat")
    .description("Chat in a terminal. With input that is not a terminal, each line is sent as a message.")
    .argument("<name>", "the name that others see")
    .option("--host <host>", "the host of the chat services", "localhost")
    .option("--room <room>", "the room to join", "chatroom")
    .option("--history <count>", "how many earlier messages to show", wholeNumber, 20)
    .option("--producer-port <port>", "the port of kproducer", wholeNumber, 30_192)
    .option("--consumer-port <port>", "the port of kconsumer", wholeNumber, 30_292)
    .option("--listen", "go on listening after the end of the input", false)
    .addHelpText("after", "\nThe environment variable KCHAT_TOKEN holds the token, if the services ask for one.")
    .exitOverride();
  try {
    program.parse();
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
  const options = program.opts<{
    host: string;
    room: string;
    history: number;
    producerPort: number;
    consumerPort: number;
    listen: boolean;
  }>();
  const name = program.args[0]?.trim() ?? "";
  if (name === "" || /[:\n\r]/.test(name)) {
    process.stderr.write("The name must not be empty and must not have a colon in it.\n");
    return 2;
  }
  const token = process.env["KCHAT_TOKEN"];
  return runChat({
    name,
    room: options.room,
    history: options.history,
    listen: options.listen,
    producerUrl: `http://${options.host}:${options.producerPort}`,
    consumerUrl: `http://${options.host}:${options.consumerPort}`,
    headers: token === undefined || token === "" ? {} : { authorization: `Bearer ${token}` },
    input: process.stdin,
    output: process.stdout,
    errors: process.stderr,
  });
}

void main().then((code) => {
  process.exitCode = code;
});
