import type { ConfigReply, LoginReply, ModelInfo, TurnReply } from "./schema";

export type {
  ChartSpec,
  ConversationItem,
  ConversationPage,
  ConversationReply as Conversation,
  DemoLogin,
  Format,
  Grain,
  LoginReply,
  ModelInfo,
  Option,
  Receipt,
  ResultPreview,
  Series,
  SourceFreshness,
  Stat,
  TimeRange,
  TurnReply,
} from "./schema";

export type Cell = string | number | boolean | null;
export type Config = Omit<ConfigReply, "model"> & { model: ModelInfo };
/** What a whole result can be had as. */
export type FileFormat = "csv" | "parquet";
export type Identity = Pick<LoginReply, "user" | "workspace">;
export type Outcome = TurnReply["outcome"];
