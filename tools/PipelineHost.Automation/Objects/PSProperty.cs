using System.Reflection;

namespace System.Management.Automation;

/// <summary>A public property or field of a .NET object.</summary>
public class PSProperty : PSPropertyInfo
{
    private readonly MemberInfo member;
    private readonly object target;

    internal PSProperty(MemberInfo member, object target)
    {
        SetMemberName(member.Name);
        this.member = member;
        this.target = target;
    }

    public override object? Value
    {
        get
        {
            try
            {
                return member is PropertyInfo property ? property.GetValue(target) : ((FieldInfo)member).GetValue(target);
            }
            catch (TargetInvocationException e)
            {
                throw new RuntimeException($"Exception getting \"{Name}\": \"{e.InnerException?.Message}\"", e.InnerException,
                    "ExceptionWhenGetting",
                    ErrorCategory.NotSpecified);
            }
        }
        set
        {
            object? converted = LanguagePrimitives.ConvertTo(value, member is PropertyInfo p
                ? p.PropertyType
                : ((FieldInfo)member).FieldType);
            if (member is PropertyInfo property) property.SetValue(target, converted);
            else ((FieldInfo)member).SetValue(target, converted);
        }
    }

    public override bool IsGettable => member is not PropertyInfo { CanRead: false };
    public override bool IsSettable => member is PropertyInfo { CanWrite: true } or FieldInfo { IsInitOnly: false };
    public override PSMemberTypes MemberType => PSMemberTypes.Property;
    public override string TypeNameOfValue => (member is PropertyInfo p ? p.PropertyType : ((FieldInfo)member).FieldType).FullName ?? "";

    public override PSMemberInfo Copy() => new PSProperty(member, target);
}
