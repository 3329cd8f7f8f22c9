using System.Reflection;

namespace System.Management.Automation;

/// <summary>A public property or field of a .NET object.</summary>
public class PSProperty : PSPropertyInfo
{
    private readonly MemberInfo _member;
    private readonly object _target;

    internal PSProperty(MemberInfo member, object target)
    {
        SetMemberName(member.Name);
        _member = member;
        _target = target;
    }

    public override object? Value
    {
        get
        {
            try
            {
                return _member is PropertyInfo property ? property.GetValue(_target) : ((FieldInfo)_member).GetValue(_target);
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
            object? converted = LanguagePrimitives.ConvertTo(value, _member is PropertyInfo p
                ? p.PropertyType
                : ((FieldInfo)_member).FieldType);
            if (_member is PropertyInfo property) property.SetValue(_target, converted);
            else ((FieldInfo)_member).SetValue(_target, converted);
        }
    }

    public override bool IsGettable => _member is not PropertyInfo { CanRead: false };
    public override bool IsSettable => _member is PropertyInfo { CanWrite: true } or FieldInfo { IsInitOnly: false };
    public override PSMemberTypes MemberType => PSMemberTypes.Property;
    public override string TypeNameOfValue => (_member is PropertyInfo p ? p.PropertyType : ((FieldInfo)_member).FieldType).FullName ?? "";

    public override PSMemberInfo Copy() => new PSProperty(_member, _target);
}
