import type { ConfigReply, ConfirmEmailReply, LoginReply, ModelInfo, TurnReply } from "./schema";

export type {
  AuditEventReply as AuditItem,
  AuditPage,
  ChartReply as PinnedChart,
  ChartSpec,
  ConversationItem,
  ConversationPage,
  ConversationReply as Conversation,
  DashboardItem,
  DashboardPage,
  DashboardReply as Dashboard,
  DemoLogin,
  FeedbackPage,
  FeedbackReply as Feedback,
  Format,
  GoogleReply as GoogleStart,
  Grain,
  IntegrationsReply as Integrations,
  InvitationPage,
  InvitationPreviewReply as InvitationPreview,
  InvitationReply as Invitation,
  LayoutShape as ChartLayout,
  LoadReply as LoadReport,
  LoginReply,
  MadeTokenReply as NewAccessToken,
  MemberPage,
  MemberReply as Member,
  ModelInfo,
  NewInvitationReply as NewInvitation,
  Option,
  Receipt,
  ResultPreview,
  Role,
  SchemaReply as Catalog,
  Series,
  SharedDashboardReply as SharedDashboard,
  ShareItem as Share,
  SharePage,
  ShareReply as NewShare,
  SignUpOffer as SignUp,
  SourceFreshness,
  Stat,
  SynonymPage,
  SynonymReply as Synonym,
  TimeRange,
  TokenPage,
  TokenReply as AccessToken,
  TurnReply,
  UnansweredPage,
  UnansweredReply as UnansweredPhrase,
  UsagePage,
  UseReply as UsageItem,
  Verified,
  VerifiedPage,
  VerifiedReply as VerifiedAnswer,
  WorkspaceItem,
  WorkspacePage,
  WorkspaceStandingReply as Workspace,
} from "./schema";

export type Cell = string | number | boolean | null;
export type Config = Omit<ConfigReply, "model"> & { model: ModelInfo };
/** What a whole result can be had as. */
export type FileFormat = "csv" | "parquet";
export type Identity = Pick<LoginReply, "user" | "workspace">;
export type Outcome = TurnReply["outcome"];
/** Signed up: with a session at once, or once the address is confirmed. */
export type SignUpReply = LoginReply | ConfirmEmailReply;

export interface NewPerson {
  email: string;
  password: string;
  name?: string;
}
