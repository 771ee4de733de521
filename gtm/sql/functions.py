"""Which functions and syntax a question may use: everything that is not named here is refused."""

from __future__ import annotations

from sqlglot import exp


def _node_types(names: str) -> frozenset[type[exp.Expr]]:
    """Resolve names to parser node types; a name the parser does not know fails the import."""
    return frozenset(getattr(exp, name) for name in names.split())


# Clauses, operators and literals. Statements, hints, locks, parameters, samples, time travel and
# lambdas are missing on purpose.
SYNTAX = _node_types(
    "Select Union Intersect Except Subquery With CTE From Join Where Group Having Qualify Order "
    "Ordered Limit Offset Window WindowSpec Distinct Alias Aliases TableAlias Table Identifier "
    "Column Star Literal Boolean Null Paren Tuple Not Neg Add Sub Mul Div Mod IntDiv DPipe EQ NEQ "
    "GT GTE LT LTE Is Like In Between Escape Any All NullSafeEQ NullSafeNEQ BitwiseAnd BitwiseOr "
    "BitwiseXor BitwiseNot BitwiseLeftShift BitwiseRightShift Interval IntervalSpan Var DataType "
    "DataTypeParam Bracket Slice Dot PropertyEQ IgnoreNulls RespectNulls HavingMax Pivot "
    "PivotAlias UnpivotColumns Cube Rollup GroupingSets RawString HexString ByteString AtTimeZone "
    "WithinGroup JSON JSONPath JSONPathRoot JSONPathKey JSONPathSubscript JSONPathWildcard "
    "JSONValue JSONKeyValue"
)

# Functions the parser has a type for.
FUNCTIONS = _node_types(
    # conditions and casts
    "And Or Xor Case If Coalesce Nullif Cast TryCast Exists Greatest Least JSONCast "
    # arrays, structs and rows
    "Array ArrayAgg ArrayConcat ArrayConcatAgg ArrayContains ArrayFirst ArrayLast ArrayReverse "
    "ArraySize ArraySlice ArrayToString Struct Unnest GenerateSeries GenerateDateArray "
    # aggregates
    "AnyValue ApproxDistinct ApproxQuantile ApproxQuantiles ApproxTopK ApproxTopSum ArgMax ArgMin "
    "Avg BitwiseAndAgg BitwiseCount BitwiseOrAgg BitwiseXorAgg Corr Count CountIf CovarPop "
    "CovarSamp First Grouping GroupConcat Last LogicalAnd LogicalOr Max Min Stddev StddevPop "
    "StddevSamp Sum Variance VariancePop "
    # windows
    "CumeDist DenseRank FirstValue Lag LastValue Lead NthValue Ntile PercentileCont "
    "PercentileDisc PercentRank Rank RowNumber "
    # numbers
    "Abs Acos Acosh Asin Asinh Atan Atan2 Atanh Cbrt Ceil Cos Cosh Cot Coth CosineDistance Csc "
    "Csch EuclideanDistance Exp Floor IsInf IsNan Ln Log Pi Pow Rand RangeBucket Round SafeAdd "
    "SafeDivide SafeMultiply SafeNegate SafeSubtract Sec Sech Sign Sin Sinh Sqrt Tan Tanh Trunc "
    "Int64 Float64 ParseNumeric ParseBignumeric "
    # text
    "Ascii ByteLength Chr CityHash64 CodePointsToBytes CodePointsToString Concat Contains "
    "EndsWith FarmFingerprint Format FromBase32 FromBase64 Hex Initcap Left Length Levenshtein "
    "Lower LowerHex MD5 MD5Digest Normalize Pad RegexpExtract RegexpExtractAll RegexpInstr "
    "RegexpLike RegexpReplace RegexpSubstr Repeat Replace Reverse Right SHA SHA1Digest SHA2 "
    "SHA2Digest SafeConvertBytesToString Soundex Split StartsWith StrPosition String Substring "
    "ToBase32 ToBase64 ToCodePoints Translate Trim Unhex Unicode Upper Uuid Host RegDomain "
    "SafeFunc NetFunc "
    # dates and times
    "CurrentDate CurrentDatetime CurrentTime CurrentTimestamp Date DateAdd DateDiff DateFromParts "
    "DateFromUnixDate DateStrToDate DateSub DateTrunc Datetime DatetimeAdd DatetimeDiff "
    "DatetimeSub DatetimeTrunc Day DayOfWeek DayOfYear Dayname Extract Hour JustifyDays "
    "JustifyHours JustifyInterval LastDay Minute Month Monthname ParseDatetime ParseTime Quarter "
    "Second StrToDate StrToTime Time TimeAdd TimeDiff TimeFromParts TimeStrToDate TimeStrToTime "
    "TimeSub TimeToStr TimeTrunc Timestamp TimestampAdd TimestampDiff TimestampFromParts "
    "TimestampSub TimestampTrunc TsOrDsToDate TsOrDsToDatetime TsOrDsToTime TsOrDsToTimestamp "
    "UnixDate UnixMicros UnixMillis UnixSeconds UnixToTime Week WeekOfYear WeekStart Year "
    # JSON
    "JSONArray JSONBool JSONExtract JSONExtractArray JSONExtractScalar JSONFormat JSONKeys "
    "JSONKeysAtDepth JSONObject JSONStripNulls JSONType JSONValueArray LaxBool LaxFloat64 "
    "LaxInt64 LaxString ParseJSON"
)

# BigQuery functions the parser has no type for.
UNTYPED_FUNCTIONS = frozenset(
    {
        "BIT_COUNT",
        "INSTR",
        "IEEE_DIVIDE",
        "ARRAY_IS_DISTINCT",
        "DATE_BUCKET",
        "DATETIME_BUCKET",
        "TIMESTAMP_BUCKET",
        "TO_JSON",
        "ISNULL",
    }
)

ALLOWED_NODES = SYNTAX | FUNCTIONS | frozenset({exp.Anonymous})

FUNCTION_NAMES = tuple(
    sorted(
        UNTYPED_FUNCTIONS
        | {
            name
            for node_type in FUNCTIONS
            if issubclass(node_type, exp.Func) and node_type not in {exp.SafeFunc, exp.NetFunc}
            for name in node_type.sql_names()
        }
    )
)


def function_name(node: exp.Func) -> str:
    """Return the name a person would have written for a function node."""
    if isinstance(node, exp.Anonymous):
        return node.name
    return type(node).sql_names()[0].replace("A_I_", "AI.")
